"""Lines added to the manifest, and nothing else changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.documents import manifest, manifest_lines
from pipeline.documents.manifest import Entry, ManifestError

NEW = Entry("a/新.pdf", origin_url="http://x.example.cn/?a=1,2", publisher='某"局"')


def added(folder: Path, data: bytes | None, *entries: Entry) -> bytes:
    """The bytes of a manifest after lines were added."""
    path = folder / manifest.NAME
    if data is not None:
        path.write_bytes(data)
    manifest_lines.add(folder, entries)
    return path.read_bytes() if path.exists() else b""


def test_a_manifest_is_begun_where_there_is_none(tmp_path: Path) -> None:
    text = added(tmp_path, None, NEW, NEW).decode()
    assert text.splitlines()[0] == ",".join(manifest.COLUMNS)
    assert manifest.read(tmp_path) == {NEW.source_name: NEW}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", [b"", b"\n"])
def test_lines_that_people_wrote_stay_byte_for_byte(
    tmp_path: Path, mark: bytes, end: bytes, last: bytes
) -> None:
    body = end.join([b'"b, c.txt", withdrawn ,"' + "误传".encode() + b'"', b"", b"a.txt,,"])
    data = mark + b"source_name,status,reason" + end + body + last.replace(b"\n", end)
    before = manifest.read(made(tmp_path, data))
    result = added(tmp_path, None, NEW)
    head, _, rest = result.partition(end)
    assert head == mark + b"source_name,status,reason,origin_url,publisher"
    assert rest.startswith(body + end)
    assert result.count(b"\r\n") in (0, result.count(b"\n"))
    assert manifest.read(tmp_path) == {**before, NEW.source_name: NEW}


def made(folder: Path, data: bytes) -> Path:
    (folder / manifest.NAME).write_bytes(data)
    return folder


def test_the_header_stays_where_it_has_every_column(tmp_path: Path) -> None:
    head = b"publisher,source_name,origin_url\n"
    assert added(tmp_path, head, NEW).startswith(head)


def test_what_is_there_is_not_added_again(tmp_path: Path) -> None:
    data = added(tmp_path, None, NEW)
    assert manifest_lines.add(tmp_path, [NEW, NEW]) == 0
    assert added(tmp_path, None, NEW) == data


def test_a_manifest_that_is_not_usable_is_not_touched(tmp_path: Path) -> None:
    data = b"source_name,colour\na,red\n"
    with pytest.raises(ManifestError):
        added(tmp_path, data, NEW)
    assert (tmp_path / manifest.NAME).read_bytes() == data


def test_a_failure_leaves_the_old_manifest_and_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = added(tmp_path, None, NEW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        manifest_lines.add(tmp_path, [Entry("b.pdf")])
    assert [p.name for p in tmp_path.iterdir()] == [manifest.NAME]
    assert (tmp_path / manifest.NAME).read_bytes() == data


def test_quotes_and_commas_are_read_back(tmp_path: Path) -> None:
    added(tmp_path, None, Entry('a"b, c.pdf', publisher="x,y"))
    assert manifest.read(tmp_path)['a"b, c.pdf'].publisher == "x,y"


@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_field_of_several_lines_is_never_written(tmp_path: Path, end: str) -> None:
    with pytest.raises(ValueError, match="several lines"):
        added(tmp_path, None, NEW, Entry("b.pdf", publisher=f"a{end}c.pdf,facsimile"))
    assert list(tmp_path.iterdir()) == []
