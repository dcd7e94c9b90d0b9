"""The gate before any heavy parser: what a PDF may be before pdfium, playa and Camelot open it.

Here: header and trailer, encryption, the page tree, sizes claimed, and for each page what it draws
(drawing). Everything is looked at with pypdf: pure Python, with limits of its own. Not here:
reading.

A file that pypdf cannot follow at all, and whose ends are whole, passes: real files are slightly
broken and pdfium repairs them. The limits of the worker stand behind this gate in any case.
"""

from __future__ import annotations

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
from pypdf import PasswordType, PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError
from pypdf.generic import DictionaryObject

from pipeline.documents.document import MAX_BYTES, Refusal
from pipeline.readers.pdf.drawing import MAX_DECODED, Drawing, as_array, as_dictionary, resolved

HEAD, TAIL, PADDING = 1024, 4096, 65_536
MAX_PAGES = 2_000
MAX_OBJECTS = 1_000_000
MAX_TREE_DEPTH = 50
# Points a page may measure: Acrobat's own limit on a side, and the area of some 50 A4 pages.
MAX_SIDE, MAX_AREA = 14_400, 25_000_000
# Between two files glued together there is nothing but padding; a file attached inside another
# stands in a stream.
GLUED = re.compile(rb"%%EOF[\s\0]{0,64}%PDF-\d")

LIMITS: dict[str, Any] = {
    "array_maximum_element_count": 1_000_000,
    "dictionary_maximum_element_count": 1_000_000,
    "zlib_maximum_output_length": MAX_DECODED,
    "lzw_maximum_output_length": MAX_DECODED,
    "run_length_maximum_output_length": MAX_DECODED,
    "array_based_stream_maximum_output_length": MAX_DECODED,
    # A declared length beyond the largest file is no length.
    "maximum_declared_stream_length": MAX_BYTES,
    "page_tree_maximum_entries": 20_000,
    "page_tree_maximum_depth": MAX_TREE_DEPTH,
    # No program is started to look into a picture.
    "jbig2dec_binary": None,
}
# pypdf's own words hold addresses in memory: they would differ from run to run.
BEYOND = "larger, or more tangled, than the gate's parser follows"
# What pypdf raises on a file it cannot follow: its own errors, and those of plain Python where it
# meets an object of a kind it did not think of.
LOST = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def check(path: Path) -> None:
    """Raise `Refusal` for a PDF that no parser should open. Cheap: milliseconds a page at most."""
    check_bytes(path)
    with pypdf.apply_configuration(**LIMITS):
        try:
            check_structure(path)
        except LimitReachedError as error:
            raise too_large(BEYOND) from error
        except LOST:
            # Not the gate's to judge: pdfium repairs what it can, in a limited worker.
            return


def check_bytes(path: Path) -> None:
    """Header, trailer and size, and whether the file is one file."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        if size > MAX_BYTES:
            raise too_large(f"{size:,} bytes; the limit is {MAX_BYTES:,}")
        if size == 0:
            raise unreadable("0 bytes")
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data.find(b"%PDF-", 0, HEAD) < 0:
                raise unreadable("no PDF header at the beginning")
            if b"startxref" not in data[-PADDING:].rstrip(b"\0\t\n\f\r ")[-TAIL:]:
                # Parsers repair such a file, and lose pages without a word.
                raise unreadable("truncated: the file has no trailer")
            if GLUED.search(data):
                # Parsers take the last one, or a mixture, and the rest is lost without a word.
                raise unreadable("two PDF files in one: split them")


def check_structure(path: Path) -> None:
    """Encryption, object and page counts, and every page in turn."""
    reader = PdfReader(path, strict=False)
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise Refusal("readers", "encrypted", "a password is needed to open it")
    objects = sum(map(len, reader.xref.values())) + len(reader.xref_objStm)
    if objects > MAX_OBJECTS:
        raise too_large(f"{objects:,} objects; the limit is {MAX_OBJECTS:,}")
    tree = as_dictionary(reader.root_object.get("/Pages")) or DictionaryObject()
    check_tree(tree, (), set())
    claimed = as_number(tree.get("/Count"))
    if claimed > MAX_PAGES:
        raise too_large(f"{claimed:,.0f} pages claimed; the limit is {MAX_PAGES}")
    pages = len(reader.pages)
    if pages == claimed == 0:
        raise unreadable("the file has no pages")
    if pages > MAX_PAGES:
        raise too_large(f"{pages} pages; the limit is {MAX_PAGES}")
    if 0 < claimed < pages:
        # pdfium believes the number, and would leave the rest out.
        raise unreadable(f"its page tree claims {claimed:.0f} pages and holds {pages}")
    check_pages(reader)


def check_tree(node: DictionaryObject, above: tuple[int, ...], done: set[int]) -> None:
    """Raise `Refusal` where the page tree turns back on itself, or is deeper than any tree."""
    if id(node) in above:
        raise unreadable("its page tree turns back on itself")
    if len(above) > MAX_TREE_DEPTH:
        raise too_large(f"more than {MAX_TREE_DEPTH} levels in its page tree")
    if id(node) in done:
        return
    for kid in map(as_dictionary, as_array(node.get("/Kids")) or []):
        if kid is not None and "/Kids" in kid:
            check_tree(kid, (*above, id(node)), done)
    done.add(id(node))


def check_pages(reader: PdfReader) -> None:
    """The size of each page and what it draws."""
    drawing = Drawing()
    for number, page in enumerate(reader.pages, start=1):
        try:
            width, height = sides(page)
            if max(width, height) > MAX_SIDE or width * height > MAX_AREA:
                raise too_large(f"page {number} measures {width:.6g} x {height:.6g} points")
            drawing.check_page(page)
        except LimitReachedError as error:
            raise too_large(f"page {number}: {BEYOND}") from error
        except LOST:
            # This page's objects are broken: the others are looked at all the same.
            continue


def sides(page: pypdf.PageObject) -> tuple[float, float]:
    """Width and height of the media box; 0 where it is none, which parsers replace by their own."""
    corners = list(numbers(page.get("/MediaBox")))
    if len(corners) != 4:
        return 0.0, 0.0
    x0, y0, x1, y1 = corners
    return abs(x1 - x0), abs(y1 - y0)


def numbers(array: Any) -> Iterator[float]:
    """The elements of an array as numbers."""
    yield from map(as_number, as_array(array) or [])


def as_number(value: Any) -> float:
    """A number of the file; 0 for what is none."""
    value = resolved(value)
    return float(value) if isinstance(value, (int, float)) else 0.0


def unreadable(detail: str) -> Refusal:
    """The refusal of a damaged file."""
    return Refusal("readers", "unreadable_file", detail)


def too_large(detail: str) -> Refusal:
    """The refusal of a file beyond a limit."""
    return Refusal("readers", "too_large", detail)
