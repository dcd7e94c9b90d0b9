"""What a file is by its first bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents.media import PDF, TEXT, UNKNOWN, sniff

CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.4\n", PDF),
        (b"HTTP/1.1 200 OK\r\n\r\n\x00\x00%PDF-1.7", PDF),
        (b"j" * 1019 + b"%PDF-1.7", PDF),
        (b"\xef\xbb\xbf%PDF-1.7", PDF),
        ("单位名称：晋城市\t单位：万元".encode(), TEXT),
        ("单位名称：晋城市\t单位：万元".encode("gb18030"), TEXT),
        ("\ufeff单位：万元".encode(), TEXT),
        (b"plain ascii\r\n\x0cnext page\x1a", TEXT),
        ("[注] 没有数据".encode(), TEXT),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\xef\xbb\xbf \r\n<HTML lang=zh>", "text/html"),
        (b"<?xml version='1.0'?>", "text/html"),
        (b'{"code": 404}', "application/json"),
        (b' [{"a": 1}]', "application/json"),
        (b"PK\x03\x04\x14\x00", "application/zip"),
        (b"PK\x03\x04\x14\x00 %PDF-1.7", "application/zip"),
        (b"<html>%PDF-1.7", "text/html"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"{\\rtf1\\ansi", "application/rtf"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"Rar!\x1a\x07", "application/vnd.rar"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        ("单位".encode("utf-16"), UNKNOWN),
        (b"text\x00text", UNKNOWN),
        (b"\x7fELF\x02\x01", UNKNOWN),
        (b"\xff\xff\xff\xff\xff\xff", UNKNOWN),
    ],
)
def test_media_types(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


def test_a_pdf_header_far_inside_makes_no_pdf() -> None:
    assert sniff(b"j" * 1024 + b"%PDF-1.7") == TEXT


@given(CHINESE, st.sampled_from(("utf-8", "gb18030")), st.integers(0, 3))
def test_text_cut_inside_a_character_is_still_text(text: str, encoding: str, cut: int) -> None:
    data = text.encode(encoding)
    assert sniff(data[: max(len(data) - cut, 1)]) == TEXT


@given(st.binary(max_size=64))
def test_any_bytes_have_some_type(head: bytes) -> None:
    assert sniff(head).count("/") == 1
