"""What came, by its bytes: the kind of file, and whether it is whole.

Here: judging one file on disk. The header Content-Type is not asked: pages come as PDF and PDF as
pages. Not here: what a page says (pages) and unpacking (bundles).
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from pipeline.acquisition import pages
from pipeline.acquisition.refusal import Refused
from pipeline.documents import media

HEAD, TAIL = 8192, 4096
# By media type: the kind that sources name, and the ending of the file.
KINDS = {
    media.PDF: ("pdf", ".pdf"),
    media.TEXT: ("text", ".txt"),
    "application/x-ole-storage": ("office", ".doc"),
    "application/rtf": ("office", ".rtf"),
}
OFFICE_PARTS = {"word/": ".docx", "xl/": ".xlsx", "ppt/": ".pptx"}
OLE_STREAMS = (("Workbook", ".xls"), ("WordDocument", ".doc"))
BUNDLE = "bundle"
# A PDF made for the web says at its head how long it is.
LINEARIZED = re.compile(
    rb"/Linearized\b[^>]{0,400}?/L\s+(\d{1,12})\b|/L\s+(\d{1,12})\b[^>]{0,400}?/Lin"
)


def judge(path: Path) -> tuple[str, str]:
    """The kind of a file and the ending it deserves.

    Raises `Refused` for pages, for what ended early and for kinds no document has.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused("empty", "0 bytes")
    with path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, size - TAIL))
        tail = file.read()
    media_type = media.sniff(head)
    match media_type:
        case "text/html":
            pages.refuse(path.read_bytes()[: pages.MOST_LOOKED_AT])
        case "application/zip":
            return zipped(path)
        case media.PDF:
            check_pdf_whole(head, tail, size)
        case "application/x-ole-storage":
            return "office", ole_ending(path)
    if media_type not in KINDS:
        raise Refused("unsupported", f"{media_type}, {size:,} bytes")
    return KINDS[media_type]


def check_pdf_whole(head: bytes, tail: bytes, size: int) -> None:
    """Raise `Refused` for a PDF that ended before its end."""
    if b"%%EOF" not in tail:
        raise Refused("cut_short", f"a PDF of {size:,} bytes without its end mark")
    if (found := LINEARIZED.search(head[:2048])) is not None:
        declared = int(found[1] or found[2])
        if declared > size:
            raise Refused("cut_short", f"{size:,} bytes of a PDF that says it has {declared:,}")


def zipped(path: Path) -> tuple[str, str]:
    """A bundle, or an office document, which is a zip file too."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("bundle_damaged", f"no readable directory: {error}") from error
    if "[Content_Types].xml" in names:
        for part, ending in OFFICE_PARTS.items():
            if any(name.startswith(part) for name in names):
                return "office", ending
    return BUNDLE, ".zip"


def ole_ending(path: Path) -> str:
    """The ending of an old office file, by the streams its directory names."""
    content = path.read_bytes()
    for stream, ending in OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            return ending
    return ".ole"
