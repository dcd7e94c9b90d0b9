"""Readings: they come back as they were, nobody reads them without the file, and whoever has one
never opens the file with a parser again.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.document import Document, Refusal
from pipeline.documents.intake import take_in
from pipeline.readers import asked, dispatch
from pipeline.readers.shapes import Box, Cell, Grid, Paragraph, Place, Reading
from pipeline.staging import extract, readings, store, versions
from pipeline.staging.readings import Read
from pipeline.staging.tables import names
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_TELEPHONE

texts = st.text(max_size=20) | st.just("\ud800 lone")
numbers = st.integers(0, 500)
lengths = st.floats(allow_nan=False) | numbers
places = st.builds(
    Place,
    st.none() | numbers,
    st.none() | st.builds(Box, lengths, lengths, lengths, lengths),
    st.none() | numbers,
)
paragraphs = st.builds(Paragraph, texts, places, st.none() | texts)
cells = st.builds(
    Cell,
    numbers,
    numbers,
    texts,
    places,
    numbers,
    numbers,
    st.decimals(0, 1, places=3),
    st.booleans(),
    st.none() | texts,
    st.none() | texts,
    st.none() | texts,
)
tuples = st.lists(numbers, max_size=3).map(tuple)
grids = st.builds(
    Grid,
    numbers,
    numbers,
    st.lists(cells, max_size=3).map(tuple),
    st.booleans(),
    tuples,
    st.lists(lengths, max_size=3).map(tuple),
    st.booleans(),
)
whole = st.builds(
    Reading,
    texts,
    st.lists(paragraphs | grids, max_size=4).map(tuple),
    st.none() | numbers,
    tuples,
)


def edges(reading: Reading) -> list[tuple[float, ...]]:
    """What grids do not compare."""
    return [grid.edges for _, grid in reading.grids()]


@given(whole)
def test_a_reading_comes_back_as_it_was(reading: Reading) -> None:
    back = readings.decoded("pdf", readings.encoded(Read("pdf", reading))).given()
    assert back == reading
    assert edges(back) == edges(reading)
    assert repr(back) == repr(reading)


def test_numbers_of_images_come_back_as_numbers() -> None:
    place = Place(np.int64(2), Box(np.float64(0.1), np.float32(0.5), 1, 2))  # type: ignore[arg-type]
    cell = Cell(np.int64(0), 1, "x", place, confidence=Decimal("0.500"))  # type: ignore[arg-type]
    reading = Reading("ocr", (Grid(1, 2, (cell,), True),), 1)
    back = readings.decoded("scan", readings.encoded(Read("scan", reading))).given()
    assert back == reading
    (grid,) = [grid for _, grid in back.grids()]
    assert type(grid.cells[0].row) is int


def test_a_refusal_is_kept_as_a_reading_is() -> None:
    refusal = Refusal("readers", "encrypted", "a password is needed")
    back = readings.decoded("pdf", readings.encoded(Read("pdf", refusal=refusal)))
    assert back.refusal is not None
    assert (back.refusal.reason, back.refusal.detail) == ("encrypted", "a password is needed")
    with pytest.raises(Refusal):
        back.given()


# The seal


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_what_is_sealed_opens_with_its_key_alone(plain: bytes, key: bytes) -> None:
    content = readings.sealed(plain, key)
    assert readings.opened(content, key) == plain
    other = bytes([key[0] ^ 1]) + key[1:]
    assert readings.opened(content, other) is None
    assert content == readings.sealed(plain, key)


def test_no_flipped_bit_of_a_sealed_reading_goes_unseen() -> None:
    key = hashlib.sha256(b"key").digest()
    content = readings.sealed(b"what was read", key)
    for byte in range(len(content)):
        changed = bytearray(content)
        changed[byte] ^= 4
        assert readings.opened(bytes(changed), key) is None
    for end in range(len(content)):
        assert readings.opened(content[:end], key) is None


def test_the_released_hash_of_a_file_opens_nothing(raw: Path, tmp_path: Path) -> None:
    path = raw / "单位.txt"
    key = readings.key_of(path)
    digest = hashlib.sha256(path.read_bytes())
    assert key not in (digest.digest(), hashlib.blake2b(path.read_bytes()).digest()[:32])
    assert key != hashlib.blake2b(path.read_bytes(), digest_size=32).digest()


# In use


@pytest.fixture
def documents(raw: Path) -> dict[str, Document]:
    """The documents of the raw folder by name."""
    return {d.source_name: d for d in take_in(raw).documents}


@pytest.mark.parametrize("name", ["单位.txt", "单位.pdf", "散文.txt"])
def test_what_is_understood_from_a_kept_reading_is_what_is_understood_at_once(
    documents: dict[str, Document], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = documents[name]
    extract.stage(tmp_path, document)
    first = store.read(tmp_path, document.document_id)
    assert first.quarantine.is_empty() == (name != "散文.txt")

    def closed(document: Document) -> Reading:
        raise AssertionError("the file was opened again")

    monkeypatch.setattr(extract, "read", closed)
    extract.stage(tmp_path, document)
    again = store.read(tmp_path, document.document_id)
    monkeypatch.undo()
    alone = extract.extract(document)
    for table in names():
        assert getattr(first, table).equals(getattr(again, table))
        assert getattr(first, table).equals(getattr(alone, table))


def test_a_kept_reading_tells_nothing_to_who_lacks_the_file(
    documents: dict[str, Document], tmp_path: Path
) -> None:
    document = documents["单位.txt"]
    printed = document.path.read_text("utf-8")
    assert FICTITIOUS_HANDLER in printed
    extract.stage(tmp_path, document)
    (kept,) = (tmp_path / readings.FOLDER).rglob(document.document_id)
    content = kept.read_bytes()
    for word in (FICTITIOUS_HANDLER, FICTITIOUS_TELEPHONE, "预算"):
        assert word.encode() not in content
    found = readings.opened(content, readings.key_of(document.path))
    assert found is not None
    assert FICTITIOUS_HANDLER in repr(readings.decoded("text", found))
    other = documents["部门.txt"]
    assert readings.opened(content, readings.key_of(other.path)) is None


@pytest.mark.parametrize("damage", [b"", b"no seal", None])
def test_a_damaged_reading_is_read_anew(
    documents: dict[str, Document], tmp_path: Path, damage: bytes | None
) -> None:
    document = documents["单位.txt"]
    extract.stage(tmp_path, document)
    (kept,) = (tmp_path / readings.FOLDER).rglob(document.document_id)
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-1] if damage is None else damage)
    extract.stage(tmp_path, document)
    assert kept.read_bytes() == whole
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


def test_a_reading_is_of_the_kind_of_the_readers_that_were_asked(
    documents: dict[str, Document], tmp_path: Path
) -> None:
    text, pdf = documents["单位.txt"], documents["单位.pdf"]
    assert readings.read(text, dispatch.read).kind == versions.TEXT
    assert readings.read(pdf, dispatch.read).kind == versions.PDF

    def asks(document: Document) -> Reading:
        asked.note(asked.SCAN)
        raise Refusal("readers", "not_text", "1 pages, none with text")

    found = readings.once(tmp_path, pdf, asks)
    assert found.kind == versions.SCAN
    assert found.refusal is not None
    version = versions.reading_version(versions.SCAN)
    assert (tmp_path / readings.FOLDER / version / pdf.document_id[:2] / pdf.document_id).is_file()
    assert readings.read(replace(pdf), dispatch.read).kind == versions.PDF
