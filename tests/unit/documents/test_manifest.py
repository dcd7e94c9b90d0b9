"""`manifest.csv`: what it may say, and how every mistake in it is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.documents.manifest import Entry, ManifestError, read

HEAD = "source_name,origin,status,reason\n"


def written(folder: Path, text: str | bytes) -> Path:
    """A folder with this manifest."""
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "manifest.csv").write_bytes(data)
    return folder


def test_a_folder_without_a_manifest_has_no_entries(tmp_path: Path) -> None:
    assert read(tmp_path) == {}


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_blank_fields_take_the_default(tmp_path: Path, mark: str) -> None:
    text = f'{mark}{HEAD}a.pdf,,,\n\n"b, with comma.pdf", facsimile , withdrawn ,误传\nc.pdf\n'
    assert read(written(tmp_path, text)) == {
        "a.pdf": Entry("a.pdf"),
        "b, with comma.pdf": Entry(
            "b, with comma.pdf", origin="facsimile", status="withdrawn", reason="误传"
        ),
        "c.pdf": Entry("c.pdf"),
    }


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "the column source_name is missing"),
        ("name\na.pdf\n", 1, "unknown columns ['name']"),
        ("origin,status\n", 1, "the column source_name is missing"),
        (HEAD + "a.pdf,,,\n,,,x\n", 3, "source_name is empty"),
        (HEAD + "a.pdf,,,\n\n\n  ,,,x\n", 5, "source_name is empty"),
        (HEAD + "a.pdf,,,\nb.pdf,,,\na.pdf,,,\n", 4, "a.pdf stands twice"),
        (HEAD + "a, b.pdf,,,,\n", 2, "more fields than columns; quote fields that hold commas"),
        (HEAD + "a.pdf,official,,\n", 2, "'official'"),
        ("source_name,region_code\na.pdf,149999\n", 2, "region_code '149999' is not a GB/T 2260"),
        ("source_name,retrieved_at\na.pdf,3.2.2026\n", 2, "retrieved_at '3.2.2026' is not a date"),
        ("source_name,supersedes\na.pdf,old.pdf\n", 2, "supersedes 'old.pdf' is not a document_id"),
        (HEAD + "a.pdf,,gone,\n", 2, "status 'gone' is none of ('current', 'withdrawn')"),
        (HEAD + "a.pdf,,withdrawn, \n", 2, "a withdrawn file needs a reason"),
    ],
)
def test_every_mistake_is_named_with_file_and_line(
    tmp_path: Path, text: str, line: int, says: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        read(written(tmp_path, text))
    assert str(caught.value).startswith(f"{tmp_path / 'manifest.csv'}, line {line}: ")
    assert says in str(caught.value)


def test_a_manifest_that_is_no_utf_8_is_named_with_the_byte(tmp_path: Path) -> None:
    data = HEAD.encode() + "晋城.pdf,,,\n".encode("gbk")
    with pytest.raises(ManifestError, match=re.escape("manifest.csv: not UTF-8 at byte 33")):
        read(written(tmp_path, data))


@pytest.mark.parametrize("row", ['"a"b.pdf,,,', '"a.pdf,,,'])
def test_a_broken_quote_is_named_with_file_and_line(tmp_path: Path, row: str) -> None:
    with pytest.raises(ManifestError, match=re.escape("manifest.csv, line 3: ")):
        read(written(tmp_path, f"{HEAD}a.pdf,,,\n{row}\n"))


def test_a_column_that_stands_twice_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=re.escape("manifest.csv, line 1: ")):
        read(written(tmp_path, "source_name,status,status,reason\na.pdf,withdrawn,,x\n"))
