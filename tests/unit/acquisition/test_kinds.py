"""What came, by its bytes; and names of files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import httpx
import pytest

from pipeline.acquisition import kinds, names
from pipeline.acquisition.refusal import Refused
from tests.unit.acquisition.misbehaving import page, pdf


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "came"
    path.write_bytes(content)
    return path


def zipped(*members: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return made.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), ("pdf", ".pdf")),
        (b"\n" * 100 + pdf() + b"\r\n" * 50, ("pdf", ".pdf")),
        ("部门预算公开\n".encode() * 50, ("text", ".txt")),
        ("部门预算公开\n".encode("gbk") * 50, ("text", ".txt")),
        (zipped(("[Content_Types].xml", b"x"), ("xl/workbook.xml", b"x")), ("office", ".xlsx")),
        (zipped(("[Content_Types].xml", b"x"), ("word/document.xml", b"x")), ("office", ".docx")),
        (zipped(("预算.pdf", pdf())), ("bundle", ".zip")),
        (OLE + "Workbook".encode("utf-16-le"), ("office", ".xls")),
        (OLE + "WordDocument".encode("utf-16-le"), ("office", ".doc")),
    ],
)
def test_files_are_known_by_their_bytes(
    tmp_path: Path, content: bytes, kind: tuple[str, str]
) -> None:
    assert kinds.judge(written(tmp_path, content)) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (pdf(size=9000)[:6000], "cut_short"),
        (b"%PDF-1.7\n<</Linearized 1/L 90000/H[1 2]>>\n%%EOF\n" + b"x" * 900, "cut_short"),
        (b"%PDF-1.7\n<< /L 90000 /Linearized 1>>\n%%EOF\n" + b"x" * 900, "cut_short"),
        (page(title="404 Not Found"), "soft_404"),
        (b"\xef\xbb\xbf" + page(title="用户登录"), "login_page"),
        (page(title="2026年部门预算"), "disguised"),
        ("<!DOCTYPE html><title>页面不存在</title>".encode("gbk"), "soft_404"),
        (zipped(("预算.pdf", pdf()))[:-30], "bundle_damaged"),
        (b"PK\x03\x04" + b"x" * 300, "bundle_damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 100, "unsupported"),
        (b"Rar!\x1a\x07\x00" + b"x" * 100, "unsupported"),
        (b'{"code": 401, "msg": "no"}', "unsupported"),
        (b"MZ\x90\x00" + b"\0" * 100, "unsupported"),
    ],
)
def test_what_is_no_whole_document_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        kinds.judge(written(tmp_path, content))
    assert caught.value.reason == reason


def test_a_web_optimised_pdf_that_grew_is_whole(tmp_path: Path) -> None:
    content = b"%PDF-1.7\n<</Linearized 1/L 400/H[1 2]>>\n" + b"x" * 900 + b"\n%%EOF\n"
    assert kinds.judge(written(tmp_path, content)) == ("pdf", ".pdf")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年度单位预算.pdf", "2026年度单位预算"),
        ("../../etc/passwd", "etc passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("/绝对/路径", "绝对 路径"),
        ("a\x00b\x1bc\u202edfp\u200b", "a b c dfp"),
        ('<script>"x":|?*', "script x"),
        ("CON", "_CON"),
        ("com1.txt.pdf", "_com1.txt"),
        (".隐藏", "隐藏"),
        ("-rf", "rf"),
        ("=HYPERLINK(1)", "HYPERLINK(1)"),
        ("＝cmd", "cmd"),
        ("名字. . ", "名字"),
        ("...", "document"),
        ("", "document"),
        ("   ", "document"),
    ],
)
def test_names_are_made_safe(text: str, expected: str) -> None:
    assert names.safe(text) == expected


def test_long_names_are_cut_at_a_character() -> None:
    name = names.safe("预" * 500)
    assert set(name) == {"预"}
    assert len(name.encode()) <= names.MOST_BYTES


def test_personal_data_is_masked_in_names() -> None:
    name = names.safe("预算公开 联系电话：0355-1234567.pdf")
    assert "1234567" not in name
    assert "预算公开" in name


@pytest.mark.parametrize(
    ("title", "url", "disposition", "expected"),
    [
        ("某局2026年预算", "http://x/a.pdf", "", "某局2026年预算"),
        ("附件1：", "http://x/%E9%A2%84%E7%AE%97.pdf", "", "预算"),
        ("下载", "http://x/%D4%A4%CB%E3.pdf", "", "预算"),
        ("点击下载", "http://x/d?id=1", "inline; filename*=UTF-8''%E5%86%B3%E7%AE%97.pdf", "决算"),
        ("", "http://x/d", 'attachment; filename="../../决算.pdf"', "决算"),
        ("", "http://x/", "", "document"),
        ("更多", "http://x/", "inline", "更多"),
    ],
)  # fmt: skip
def test_the_name_that_says_most_is_taken(
    title: str, url: str, disposition: str, expected: str
) -> None:
    headers = httpx.Headers([(b"content-disposition", disposition.encode())])
    assert names.best(title, url, headers) == expected


def test_a_server_may_name_a_file_in_gbk() -> None:
    raw = 'attachment; filename="预算.pdf"'.encode("gbk")
    assert names.disposition(httpx.Headers([(b"content-disposition", raw)])) == "预算.pdf"
