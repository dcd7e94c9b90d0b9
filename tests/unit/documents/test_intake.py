"""Taking in a raw folder: every file is a document or a quarantine entry, whatever its name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import formulas, intake
from pipeline.documents.intake import FACSIMILE_MARK, Intake, printable, publishable, take_in

PDF = b"%PDF-1.7\nfirst\n"
TEXT = "2026年预算收支总表\n".encode()
ZIP = b"PK\x03\x04rest"


def put(folder: Path, name: str | bytes, data: bytes = TEXT) -> Path:
    """A file in the folder; the name may be bytes that are no UTF-8."""
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def manifest(folder: Path, *lines: str) -> None:
    """A manifest of the columns these tests use."""
    head = "source_name,origin,publisher,region_code,status,reason"
    put(folder, "manifest.csv", "\n".join([head, *lines, ""]).encode())


def names(taken: Intake) -> list[str]:
    """The source names of the documents."""
    return [document.source_name for document in taken.documents]


def reasons(taken: Intake) -> dict[str, str]:
    """The quarantine reason of each file put aside."""
    return {entry.source_name: entry.reason for entry in taken.quarantine}


def test_nothing_is_dropped_silently(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", PDF)
    put(tmp_path, "deep/er/b.txt")
    put(tmp_path, "deep/empty.txt", b"")
    put(tmp_path, "photo.zip", ZIP)
    put(tmp_path, "deep/copy.pdf", PDF)
    taken = take_in(tmp_path)
    assert names(taken) == ["a.pdf", "deep/er/b.txt"]
    assert reasons(taken) == {
        "deep/copy.pdf": "duplicate",
        "deep/empty.txt": "empty_file",
        "photo.zip": "unsupported_media",
    }


def test_an_empty_folder_gives_nothing(tmp_path: Path) -> None:
    assert take_in(tmp_path) == Intake((), ())


def test_a_document_is_known_by_its_bytes(tmp_path: Path) -> None:
    put(tmp_path, "some name.pdf", PDF)
    (document,) = take_in(tmp_path).documents
    assert document.sha256 == hashlib.sha256(PDF).hexdigest()
    assert document.document_id == document.sha256[:16]
    assert document.byte_size == len(PDF)
    assert document.media_type == "application/pdf"
    assert document.path.read_bytes() == PDF


def test_of_equal_files_the_first_path_is_kept(tmp_path: Path) -> None:
    for name in ("c.txt", "b/a.txt", "a.txt"):
        put(tmp_path, name)
    taken = take_in(tmp_path)
    assert names(taken) == ["a.txt"]
    assert reasons(taken) == {"b/a.txt": "duplicate", "c.txt": "duplicate"}
    for entry in taken.quarantine:
        assert entry.detail == "same bytes as a.txt"
        assert entry.document_id == taken.documents[0].document_id
        assert entry.sha256 == taken.documents[0].sha256
    assert len({entry.quarantine_id for entry in taken.quarantine}) == 2


def test_a_file_over_the_limit_is_put_aside_with_its_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", len(PDF))
    put(tmp_path, "just.pdf", PDF)
    put(tmp_path, "over.pdf", PDF + b"x")
    taken = take_in(tmp_path)
    assert names(taken) == ["just.pdf"]
    (entry,) = taken.quarantine
    assert (entry.source_name, entry.reason) == ("over.pdf", "too_large")
    assert entry.detail == "16 bytes; the limit is 15"
    assert entry.sha256 == hashlib.sha256(PDF + b"x").hexdigest()


def test_what_is_no_regular_file_is_put_aside_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "dangling.pdf").symlink_to(tmp_path / "nowhere.pdf")
    (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")
    taken = take_in(tmp_path)
    assert taken.documents == ()
    assert reasons(taken) == dict.fromkeys(
        ("dangling.pdf", "loop.pdf", "pipe.pdf"), "unsupported_media"
    )
    assert all(entry.sha256 is None for entry in taken.quarantine)


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    target = put(tmp_path, ".hidden/real.txt")
    (tmp_path / "link.txt").symlink_to(target)
    assert names(take_in(tmp_path)) == ["link.txt"]


def test_a_link_to_a_folder_is_not_dropped_silently(tmp_path: Path) -> None:
    (tmp_path / ".elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / ".elsewhere")
    taken = take_in(tmp_path)
    assert names(taken) or reasons(taken)


def test_a_file_that_cannot_be_read_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> tuple[str, bytes, bool]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(intake, "fingerprint", broken)
    put(tmp_path, "locked.pdf", PDF)
    (entry,) = take_in(tmp_path).quarantine
    assert (entry.reason, entry.detail) == ("unreadable_file", "Permission denied")
    assert entry.sha256 is None


def test_dot_files_and_the_manifest_of_the_folder_alone_are_passed_over(tmp_path: Path) -> None:
    manifest(tmp_path)
    put(tmp_path, ".DS_Store", ZIP)
    put(tmp_path, ".git/config")
    put(tmp_path, "deep/.~lock", b"")
    put(tmp_path, "deep/manifest.csv", b"a,b\n1,2\n")
    taken = take_in(tmp_path)
    assert names(taken) == ["deep/manifest.csv"]
    assert taken.quarantine == ()


@pytest.mark.parametrize(
    ("name", "source_name"),
    [
        ("晋城市 预算.txt", "晋城市 预算.txt"),
        ("晋城市.txt".encode("gbk"), "\\xbd\\xfa\\xb3\\xc7\\xca\\xd0.txt"),
        ("a\u202etxt.pdf", "a\\u202etxt.pdf"),
        ("two\nlines.txt", "two\\u000alines.txt"),
        ("tab\t=x.txt", "tab\\u0009=x.txt"),
        ("zero\u200bwidth.txt", "zero\\u200bwidth.txt"),
        ("=HYPERLINK(1).txt", "./=HYPERLINK(1).txt"),
        ("+1.txt", "./+1.txt"),
        ("-1.txt", "./-1.txt"),
        ("@SUM.txt", "./@SUM.txt"),
        ("＝1.txt", "./＝1.txt"),
        ("a/=1.txt", "a/=1.txt"),
        ("联系13812345678.txt", "联系▮▮▮.txt"),
        ("值班 0351-1234567 表.txt", "值班 ▮▮▮ 表.txt"),
        ("公开 经办人：某某", "公开 ▮▮▮"),
    ],
)
def test_odd_names_are_released_as_harmless_text(
    tmp_path: Path, name: str | bytes, source_name: str
) -> None:
    path = put(tmp_path, name)
    (document,) = take_in(tmp_path).documents
    assert document.source_name == source_name
    assert document.path == path


def test_a_name_is_masked_in_quarantine_too(tmp_path: Path) -> None:
    put(tmp_path, "联系13812345678.txt", b"")
    put(tmp_path, "=1.zip", ZIP)
    assert set(reasons(take_in(tmp_path))) == {"联系▮▮▮.txt", "./=1.zip"}


@given(st.binary(min_size=1, max_size=30).filter(lambda b: not {0, 47} & set(b)))
def test_any_name_becomes_printable_text_that_is_no_formula(raw: bytes) -> None:
    name = publishable(printable(Path(os.fsdecode(raw))))
    assert name.isprintable()
    name.encode("utf-8")
    assert not name.startswith(formulas.FORMULA_STARTS)


def test_files_come_in_path_order_however_they_were_written(tmp_path: Path) -> None:
    for number, name in enumerate(("b.txt", "a/z.txt", "c.txt", "a/b.txt")):
        put(tmp_path, name, f"{name} {number}".encode())
    assert names(take_in(tmp_path)) == ["a/b.txt", "a/z.txt", "b.txt", "c.txt"]


def test_the_manifest_says_what_the_bytes_cannot(tmp_path: Path) -> None:
    put(tmp_path, "deep/a.txt")
    put(
        tmp_path,
        "manifest.csv",
        "source_name,origin_url,publisher,retrieved_at,region_code,supersedes\n"
        "deep/a.txt,https://a.example/x,某市某局,2026-02-03,140500,0123456789abcdef\n".encode(),
    )
    (document,) = take_in(tmp_path).documents
    assert document.origin == "published"
    assert document.origin_url == "https://a.example/x"
    assert document.publisher == "某市某局"
    assert document.retrieved_at == "2026-02-03"
    assert document.region_code == "140500"
    assert document.supersedes == "0123456789abcdef"


@pytest.mark.parametrize("blank", ["\u3000", "\xa0"])
def test_a_withdrawn_file_is_found_whatever_blank_its_name_holds(
    tmp_path: Path, blank: str
) -> None:
    put(tmp_path, f"晋城市{blank}预算.txt")
    manifest(tmp_path, f"晋城市{blank}预算.txt,,,,withdrawn,误传")
    assert take_in(tmp_path).documents == ()


def test_a_withdrawn_file_is_put_aside_with_the_reason_and_its_hash(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "b.pdf", PDF)
    manifest(tmp_path, "a.txt,,,,withdrawn,单位更正 负责人：某某")
    taken = take_in(tmp_path)
    assert names(taken) == ["b.pdf"]
    (entry,) = taken.quarantine
    assert (entry.source_name, entry.reason) == ("a.txt", "withdrawn")
    assert entry.detail == "单位更正 ▮▮▮"
    assert entry.sha256 == hashlib.sha256(TEXT).hexdigest()


def test_a_line_of_the_manifest_whose_file_is_gone_is_kept(tmp_path: Path) -> None:
    put(tmp_path, "b.pdf", PDF)
    manifest(tmp_path, "=gone.txt,,,,withdrawn,误传", "b.pdf,,,,current,", "typo.pdf,,,,current,")
    taken = take_in(tmp_path)
    assert names(taken) == ["b.pdf"]
    assert reasons(taken) == {"./=gone.txt": "withdrawn", "typo.pdf": "missing_file"}
    assert {entry.sha256 for entry in taken.quarantine} == {None}


def test_a_withdrawn_file_takes_its_copies_with_it(tmp_path: Path) -> None:
    """Whatever the copies are called; nothing is put aside as a copy of what is not there."""
    put(tmp_path, "a.txt")
    put(tmp_path, "b.txt")
    put(tmp_path, "c.txt", TEXT + b"more")
    manifest(tmp_path, "b.txt,,,,withdrawn,误传")
    taken = take_in(tmp_path)
    assert names(taken) == ["c.txt"]
    assert reasons(taken) == {"a.txt": "withdrawn", "b.txt": "withdrawn"}
    details = {entry.source_name: entry.detail for entry in taken.quarantine}
    assert details == {"a.txt": "误传 (same bytes as b.txt, which is withdrawn)", "b.txt": "误传"}


def test_the_copy_of_a_file_that_was_withdrawn_and_deleted_is_known_by_what_is_remembered(
    tmp_path: Path,
) -> None:
    put(tmp_path, "a.txt")
    remembered = {"b.txt": frozenset({hashlib.sha256(TEXT).hexdigest()})}
    assert names(take_in(tmp_path, remembered)) == ["a.txt"]
    manifest(tmp_path, "b.txt,,,,withdrawn,误传")
    assert reasons(take_in(tmp_path, remembered)) == {"a.txt": "withdrawn", "b.txt": "withdrawn"}
    assert names(take_in(tmp_path)) == ["a.txt"]


# Facsimiles


@pytest.mark.parametrize("before", [0, 1, (1 << 20) - 20, (1 << 20) - len(FACSIMILE_MARK)])
def test_a_facsimile_is_known_by_its_mark_wherever_it_stands(tmp_path: Path, before: int) -> None:
    """The file is hashed in chunks of 1 MiB: the mark may lie across the edge of two."""
    put(tmp_path, "a.pdf", PDF + b"x" * before + FACSIMILE_MARK + b"y" * 50)
    assert take_in(tmp_path).documents[0].origin == "facsimile"


def test_only_a_pdf_bears_the_mark(tmp_path: Path) -> None:
    put(tmp_path, "about.txt", b"how yusuan-facsimile files are made")
    put(tmp_path, "half.pdf", PDF + FACSIMILE_MARK[:-1])
    assert {d.origin for d in take_in(tmp_path).documents} == {"published"}


def test_the_manifest_may_name_a_facsimile_and_never_unname_one(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "b.pdf", PDF + FACSIMILE_MARK)
    manifest(tmp_path, "a.txt,facsimile,,,,", "b.pdf,published,,,,")
    assert {d.origin for d in take_in(tmp_path).documents} == {"facsimile"}


def test_facsimiles_are_put_aside_beside_one_published_document(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", PDF + FACSIMILE_MARK)
    put(tmp_path, "b.pdf", PDF + FACSIMILE_MARK + b"2")
    put(tmp_path, "real.pdf", PDF)
    taken = take_in(tmp_path)
    assert names(taken) == ["real.pdf"]
    assert reasons(taken) == dict.fromkeys(("a.pdf", "b.pdf"), "facsimile_beside_published")


def test_facsimiles_alone_stay_even_beside_files_that_are_no_documents(tmp_path: Path) -> None:
    put(tmp_path, "a.pdf", PDF + FACSIMILE_MARK)
    put(tmp_path, "b.zip", ZIP)
    put(tmp_path, "withdrawn.txt")
    manifest(tmp_path, "withdrawn.txt,,,,withdrawn,误传")
    taken = take_in(tmp_path)
    assert names(taken) == ["a.pdf"]
    assert reasons(taken) == {"b.zip": "unsupported_media", "withdrawn.txt": "withdrawn"}
