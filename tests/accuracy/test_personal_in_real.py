"""Names of handlers and telephone numbers of real disclosures: none is staged.

Needs ../shared/raw, and says so where it is missing. What is personal is looked up in the raw file
while the test runs, by the plainest pattern, and stands nowhere in the project; nothing of it is
shown where the test fails. What is not staged cannot reach a warehouse, a release or a report.
"""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pypdfium2 as pdfium
import pytest

from pipeline.documents.document import Document
from pipeline.documents.intake import take_in
from pipeline.staging.extract import extract
from pipeline.staging.tables import names

RAW = Path(__file__).parents[3] / "shared" / "raw"
FIELDS = "负责人|经办人|填报人|填表人|联系人|制表人|审核人"
HANDLER = re.compile(
    rf"(?:{FIELDS})[:：\s]*(?!(?:{FIELDS}|联系|填报|电话))"
    r"([\u4e00-\u9fff]\s?[\u4e00-\u9fff]{1,2})(?=\s|$|联系|填报|电话)"
)
TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[-—－]?\d{7,8})(?!\d)")
FILES = sorted(p for p in RAW.rglob("*") if p.suffix in (".pdf", ".txt")) if RAW.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason=f"{RAW} is not there")


def raw_text(path: Path) -> str:
    """All text of a file."""
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8", errors="replace")
    with pdfium.PdfDocument(path) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def personal(path: Path) -> set[str]:
    """Handlers and telephone numbers of a file, as printed and with doubled glyphs single."""
    printed = raw_text(path)
    found = set()
    for text in (printed, re.sub(r"(.)\1", r"\1", printed)):
        found |= {"".join(match[1].split()) for match in HANDLER.finditer(text)}
        found |= set(TELEPHONE.findall(text))
    return found


@pytest.fixture(scope="module")
def documents() -> dict[Path, Document]:
    return {document.path: document for document in take_in(RAW).documents}


def test_there_is_something_to_hide() -> None:
    assert len(set().union(*map(personal, FILES))) > 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:16])
def test_nothing_personal_of_a_real_disclosure_is_staged(
    documents: dict[Path, Document], path: Path
) -> None:
    words = personal(path)
    if not words or path not in documents:
        pytest.skip("no handler and no telephone number is printed in it")
    staged = extract(documents[path])
    leaked = 0
    for name in names():
        frame = getattr(staged, name)
        for column in frame.select(pl.col(pl.String)).columns:
            texts = frame[column].drop_nulls().to_list()
            leaked += sum(word in text for text in texts for word in words)
    assert leaked == 0, "texts with personal data; look at the staged tables of the document"
