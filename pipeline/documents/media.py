"""What kind of file the bytes are, whatever the name says.

Here: a look at the first bytes. Not here: parsing.
"""

from __future__ import annotations

PDF = "application/pdf"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"Rar!", "application/vnd.rar"),
    (b"7z\xbc\xaf", "application/x-7z-compressed"),
)
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<head", b"<script")
# Control characters that no text extraction holds.
BINARY = frozenset(range(0x20)) - frozenset(b"\t\n\r\f\x0b\x1a")
TEXTUAL = bytes(byte for byte in range(256) if byte not in BINARY)


def sniff(head: bytes) -> str:
    """The media type of a file from its first few kilobytes.

    A PDF may have some bytes before its header (the specification allows 1,024), but not those
    that begin another kind of file: an archive may hold a PDF, a page of a site may name one.
    Text is text when it has no control characters and decodes as UTF-8 or GB 18030.
    """
    for magic, media_type in MAGIC:
        if head.startswith(magic):
            return media_type
    stripped = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if stripped.startswith(MARKUP):
        return "text/html"
    if b"%PDF-" in head[:1024]:
        return PDF
    if stripped.startswith((b"{", b"[")) and b'"' in head:
        return "application/json"
    if head.translate(None, TEXTUAL):
        return UNKNOWN
    return TEXT if decodes(head) else UNKNOWN


def decodes(head: bytes) -> bool:
    """Whether the bytes are UTF-8 or GB 18030, a character cut off at the end forgiven."""
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False
