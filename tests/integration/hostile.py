"""Hostile and broken files as they come out of the wild, made anew for each run.

Here: the bytes and names of the files, and what may become of each: a document, or quarantine with
one of some reasons. Not here: assertions (test_hostile).
"""

from __future__ import annotations

import io
import os
import random
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pypdf import PdfReader, PdfWriter

from tests.builds import published_pdf
from tests.facsimile.budget import Budget, replace_figure, with_table
from tests.facsimile.prose import FICTITIOUS_HANDLER, FICTITIOUS_TELEPHONE
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import damaged_text, text_grid

DOCUMENT = "document"
SCRIPT = "<script>alert(1)</script>"
ONERROR = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://127.0.0.1/","x")'
BIDI = "\u202eabc\u2066"
ESCAPE = "\x1b[31m\x1b]0;owned\x07"
#: the label that hostile labels are put into, in 表3 and 表5
VICTIM = "住房公积金"
HOTLINE = f"联系{FICTITIOUS_TELEPHONE}.txt"


@dataclass(frozen=True)
class Hostile:
    """One file: its name (bytes where it is no UTF-8), content, and what may become of it.

    What is no regular file has no content, and a way to be made.
    """

    name: str | bytes
    content: bytes | None
    may_be: tuple[str, ...]
    make: Callable[[bytes], None] | None = None


def hostile_files() -> list[Hostile]:
    """Every hostile file."""
    return [*pdfs(), *broken_pages(), *other_bytes(), *no_files(), *texts(), *names()]


def write_all(folder: Path) -> dict[bytes, Hostile]:
    """Every hostile file written below `folder`, by its path there as bytes."""
    written = {}
    for one in hostile_files():
        relative = one.name if isinstance(one.name, bytes) else one.name.encode()
        target = os.path.join(os.fsencode(folder), relative)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if one.make is not None:
            one.make(target)
        if one.content is not None:
            with open(target, "wb") as stream:
                stream.write(one.content)
        written[relative] = one
    return written


# --- PDF -------------------------------------------------------------------------------------


DAMAGED, LARGE, OPEN = ("unreadable_file",), ("too_large",), ("nothing_recognised",)


def pdfs() -> Iterator[Hostile]:
    """PDFs that crash, hang, swell, show nothing, or are not what they seem."""
    whole = published_pdf(synthetic_budget(30, n_projects=2))
    yield Hostile("pdf/self_drawing.pdf", self_drawing(), DAMAGED)
    yield Hostile("pdf/nested_forms.pdf", nested_forms(29), LARGE)
    yield Hostile("pdf/nested_less_deep.pdf", nested_forms(22), LARGE)
    yield Hostile("pdf/flate_bomb.pdf", flate_bomb(), LARGE)
    for percent in (1, 25, 50, 75, 99):
        cut = whole[: len(whole) * percent // 100]
        yield Hostile(f"pdf/truncated_{percent}.pdf", cut, DAMAGED)
    yield Hostile("pdf/bit_flipped.pdf", bit_flipped(whole, 40), DAMAGED)
    light = bit_flipped(published_pdf(disclosure(73)), 4000)
    flipped = (*DAMAGED, *LARGE, *OPEN, "reader_failed", "not_text", DOCUMENT)
    yield Hostile("pdf/bit_flipped_lightly.pdf", light, flipped)
    yield Hostile("pdf/zero_pages.pdf", zero_pages(), DAMAGED)
    yield Hostile("pdf/encrypted.pdf", encrypted(whole), ("encrypted",))
    owned = encrypted(published_pdf(disclosure(82)), "")
    yield Hostile("pdf/encrypted_for_its_owner.pdf", owned, (DOCUMENT,))
    yield Hostile("pdf/image_only.pdf", image_only(), ("not_text",))
    yield Hostile("pdf/seventeen_bytes.pdf", b"%PDF-1.4\n%nothing", DAMAGED)
    yield Hostile("pdf/glued.pdf", whole + published_pdf(disclosure(83)), DAMAGED)
    before = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n"
    yield Hostile("pdf/headed.pdf", before + published_pdf(disclosure(84)), (DOCUMENT, *DAMAGED))


def broken_pages() -> Iterator[Hostile]:
    """PDFs whose objects claim, hold or refer to what none should."""
    page = one_page(stream(HELLO), b"")
    turned = page.replace(b"/Kids[3 0 R]", b"/Kids[2 0 R]")
    yield Hostile("pages/tree_turns_back.pdf", turned, DAMAGED)
    start = page.rindex(b"\nxref") + 1
    looped = page.replace(b"trailer<<", b"trailer<</Prev %d" % start)
    yield Hostile("pages/xref_turns_back.pdf", looped, OPEN)
    claims = page.replace(b"/Count 1", b"/Count 999999999")
    yield Hostile("pages/claims_many.pdf", claims, LARGE)
    hidden = page.replace(b"/Kids[3 0 R]", b"/Kids[3 0 R 3 0 R 3 0 R]")
    yield Hostile("pages/claims_few.pdf", hidden, DAMAGED)
    yield Hostile("pages/huge.pdf", page.replace(b"595 842", b"1000000000 1000000000"), LARGE)
    nan = one_page(stream(b"NaN 0 0 inf 1e999 0 cm " + HELLO + b"NaN w -1e39 0 m S"), b"")
    yield Hostile("pages/no_numbers.pdf", nan.replace(b"595 842", b"NaN inf"), (*OPEN, *DAMAGED))
    deep = one_page(stream(HELLO), b"", b"[" * 100_000 + b"]" * 100_000)
    deep = deep.replace(b"/Contents", b"/Deep 5 0 R/Contents")
    yield Hostile("pages/deep_array.pdf", deep, (*OPEN, *DAMAGED))
    many = one_page(stream(HELLO), b"", *[b"<<>>"] * 100_000)
    yield Hostile("pages/many_objects.pdf", many, OPEN)
    for name in ("JBIG2Decode", "JPXDecode", "DCTDecode", "CCITTFaxDecode"):
        picture = image_only().replace(b"/ColorSpace", b"/Filter/%s/ColorSpace" % name.encode())
        yield Hostile(f"pages/{name}.pdf", picture, ("not_text", *DAMAGED))
    chance = random.Random(5)
    font = (
        b"<</Type/Font/Subtype/TrueType/BaseFont/A/Encoding/WinAnsiEncoding/FontDescriptor 6 0 R>>"
    )
    descriptor = b"<</Type/FontDescriptor/FontName/A/Flags 4/FontFile2 7 0 R>>"
    rubbish = stream(b"\0\1\0\0\0\xff" + chance.randbytes(9000), b"/Length1 9006")
    odd = one_page(stream(HELLO.replace(b"/T ", b"/B ")), b"", font, descriptor, rubbish)
    yield Hostile(
        "pages/font.pdf", odd.replace(b"/Font<<", b"/Font<</B 5 0 R"), (*OPEN, "not_text")
    )


def assemble_pdf(*objects: bytes) -> bytes:
    """A PDF of numbered objects, the first of them the catalogue, with a correct xref."""
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


FONT = b"/Font<</T<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
HELLO = b"BT /T 12 Tf 72 700 Td (a page with some text on it) Tj ET "


def one_page(content: bytes, resources: bytes, *more: bytes) -> bytes:
    """A page with `content` (object 4) and `resources`; `more` are objects from 5 on."""
    return assemble_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<%s%s>>>>"
        % (FONT, resources),
        content,
        *more,
    )


def form(content: bytes, resources: bytes) -> bytes:
    """A form XObject."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<%s>>" % resources
    return stream(content, entries)


def self_drawing() -> bytes:
    """A form XObject that draws itself."""
    drawn = form(b"/F Do", b"/XObject<</F 5 0 R>>")
    return one_page(stream(HELLO + b"/F Do"), b"/XObject<</F 5 0 R>>", drawn)


def nested_forms(depth: int) -> bytes:
    """Forms each of which draws the next twice: 2^depth drawings in a few kilobytes."""
    forms = [
        form(b"/F Do /F Do", b"/XObject<</F %d 0 R>>" % (number + 1))
        for number in range(5, 5 + depth)
    ]
    last = form(b"0 0 m 9 9 l S", b"")
    return one_page(stream(HELLO + b"/F Do"), b"/XObject<</F 5 0 R>>", *forms, last)


def flate_bomb(megabytes: int = 150) -> bytes:
    """A content stream that unpacks to a thousand times its size, all of it path operators."""
    packer = zlib.compressobj(9)
    block = b"0 0 m 1 1 l S\n" * 75_000
    parts = [packer.compress(HELLO), *(packer.compress(block) for _ in range(megabytes))]
    return one_page(stream(b"".join(parts) + packer.flush(), b"/Filter/FlateDecode"), b"")


def bit_flipped(whole: bytes, one_in: int) -> bytes:
    """One bit in so many bytes changed, the header left as it is."""
    chance = random.Random(7)
    return whole[:32] + bytes(
        byte ^ (1 << chance.randrange(8)) if chance.randrange(one_in) == 0 else byte
        for byte in whole[32:]
    )


def zero_pages() -> bytes:
    """A whole PDF without a page."""
    return assemble_pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>")


def encrypted(whole: bytes, password: str = "a password") -> bytes:
    """A disclosure that asks for a password to be opened, or only to be changed."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    writer.encrypt(password, "the owner's", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def image_only() -> bytes:
    """A page that shows a picture and has no text."""
    pixels = stream(
        bytes(range(256)) * 12,
        b"/Type/XObject/Subtype/Image/Width 32/Height 32/ColorSpace/DeviceRGB/BitsPerComponent 8",
    )
    return one_page(stream(b"595 0 0 842 0 0 cm /I Do"), b"/XObject<</I 5 0 R>>", pixels)


# --- bytes that are something else -------------------------------------------------------------


def other_bytes() -> Iterator[Hostile]:
    """Files whose name says one thing and whose bytes say another."""
    page = (
        b"<!DOCTYPE html><html><head><title>login</title></head><body><form></form></body></html>"
    )
    yield Hostile("other/login.pdf", page, ("unsupported_media",))
    quoting = page.replace(b"<form>", b"%PDF-1.4 %%EOF startxref <form>")
    yield Hostile("other/quoting.pdf", quoting, ("unsupported_media",))
    yield Hostile("other/archive.pdf", zipped("../../escape.txt", b"x"), ("unsupported_media",))
    yield Hostile("other/holding.pdf", zipped("a.pdf", zero_pages()), ("unsupported_media",))
    office = zipped("[Content_Types].xml", b"<Types/>")
    yield Hostile("other/office.pdf", office, ("unsupported_media",))
    yield Hostile("other/program.pdf", b"MZ\x90\0\3\0\0\0\4" * 40, ("unsupported_media",))
    late = b"a line of text\n" * 200 + b"%PDF-1.4\n%%EOF\n"
    yield Hostile("other/late.pdf", late, ("unsupported_layout", *OPEN))
    yield Hostile("other/empty.txt", b"", ("empty_file",))
    yield Hostile("other/nul.txt", b"a\tb\tc\n" * 2000 + b"\x00" * 20, ("unreadable_file",))
    yield Hostile("other/nul_head.txt", b"\x00a\tb\n" * 20, ("unsupported_media",))
    yield Hostile("other/binary.pdf", bytes(range(256)), ("unsupported_media",))


def zipped(name: str, content: bytes) -> bytes:
    """An archive of one file, stored as it is."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


# --- no files ----------------------------------------------------------------------------------


def no_files() -> Iterator[Hostile]:
    """What a folder holds besides regular files that can be read."""
    no_file = ("unsupported_media",)
    for name, target in (
        ("nowhere", b"missing.pdf"),
        ("loop", b"link_loop.pdf"),
        ("folder", b"../text"),
        ("device", b"/dev/zero"),
    ):
        yield Hostile(f"no_file/link_{name}.pdf", None, no_file, partial(os.symlink, target))
    good = partial(os.symlink, b"../text/gbk.txt")
    yield Hostile("text/gbk_again.txt", None, ("duplicate",), good)
    yield Hostile("no_file/pipe.pdf", None, no_file, os.mkfifo)
    inside = text_grid(disclosure(85)).encode()
    yield Hostile("no_file/folder.pdf/inside.txt", inside, (DOCUMENT,))
    # Whoever may read everything reads this too.
    may_be = (DOCUMENT,) if os.geteuid() == 0 else DAMAGED
    locked = text_grid(disclosure(86)).encode()
    yield Hostile("no_file/locked.txt", None, may_be, partial(write_locked, locked))


def write_locked(content: bytes, path: bytes) -> None:
    """Write a file that its owner may not read."""
    with open(path, "wb") as stream:
        stream.write(content)
    os.chmod(path, 0)


# --- texts -------------------------------------------------------------------------------------


def texts() -> Iterator[Hostile]:
    """Text extractions that are disclosures but for one thing."""
    yield Hostile("text/gbk.txt", text_grid(disclosure(40)).encode("gb18030"), (DOCUMENT,))
    for seed, name, evil in (
        (41, "script", f"{SCRIPT}{ONERROR}"),
        (42, "formula", FORMULA),
        (43, "bidi", f"{VICTIM}{BIDI}"),
        (44, "escape", f"{VICTIM}{ESCAPE}"),
        (45, "zero", f"{VICTIM}〇"),
    ):
        text = far_down(text_grid(disclosure(seed))).replace(f"{VICTIM}\t", f"{evil}\t")
        yield Hostile(f"text/label_{name}.txt", text.encode(), (DOCUMENT,))
    for seed, name, evil in (
        (46, "script", f"{ONERROR}{SCRIPT}"),
        (76, "formula", FORMULA),
        (48, "bidi", f"大同市{BIDI}局"),
    ):
        budget = disclosure(seed)
        text = text_grid(budget).replace(budget.unit_name, evil)
        may_be = (DOCUMENT, "document_unidentified", "hostile_text")
        yield Hostile(f"text/unit_{name}.txt", text.encode(), may_be)
    titled = text_grid(disclosure(78)).replace("\n2026年度单位", "\n=1+2026年度单位", 1)
    yield Hostile("text/title_formula.txt", titled.encode(), (DOCUMENT, "hostile_text"))
    yield Hostile("text/huge_amounts.txt", huge_amounts(disclosure(75)), (DOCUMENT,))
    yield Hostile("text/arabic_digits.txt", arabic_digits(disclosure(49)), (DOCUMENT,))
    yield Hostile("text/huge_cell.txt", huge_cell(disclosure(50)), (DOCUMENT, "too_large"))
    yield Hostile("text/wide_code.txt", full_width_code(disclosure(74)), (DOCUMENT,))
    yield Hostile("text/like_a_telephone.txt", like_a_telephone(disclosure(79)), (DOCUMENT,))
    torn = text_grid(disclosure(51)).encode().replace(VICTIM.encode(), b"\xed\xa0\x80\xff")
    yield Hostile("text/torn_utf8.txt", torn, ("unsupported_media", "unreadable_file", DOCUMENT))
    year = text_grid(disclosure(71)).replace("2026", "二〇二六")
    undated = ("document_unidentified", "nothing_recognised", DOCUMENT)
    yield Hostile("text/year_in_words.txt", year.encode(), undated)


def far_down(text: str) -> str:
    """The text with its tables beyond the first kilobytes, which are looked at before reading."""
    return text.replace("第一部分 概况\n", "第一部分 概况\n" + "填充文字。" * 2000 + "\n", 1)


def disclosure(seed: int) -> Budget:
    """A small made-up budget; each seed gives a unit and figures of its own."""
    return synthetic_budget(seed, n_projects=2)


def arabic_digits(budget: Budget) -> bytes:
    """One figure of 表5 printed in Arabic-Indic digits."""
    printed = budget.table(5).rows[0][2]
    foreign = printed.translate({ord("0") + n: chr(0x0660 + n) for n in range(10)})
    return damaged_text(text_grid(budget), 5, "合计", printed, foreign).encode()


def huge_cell(budget: Budget) -> bytes:
    """Ten megabytes in one label of 表3."""
    return text_grid(budget).replace(f"{VICTIM}\t", "长" * 3_400_000 + "\t", 1).encode()


def huge_amounts(budget: Budget) -> bytes:
    """Every figure of 表3 the largest that a cell may hold: their sums fit no column."""
    table = budget.table(3)
    rows = [(*row[:2], *("999999999999.99" if c else "" for c in row[2:])) for row in table.rows]
    return text_grid(with_table(budget, replace(table, rows=tuple(rows)))).encode()


def full_width_code(budget: Budget) -> bytes:
    """A code column in full-width digits, as some word processors make them."""
    wide = "2210201".translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)})
    return text_grid(budget).replace("2210201\t", f"{wide}\t").encode()


def like_a_telephone(budget: Budget) -> bytes:
    """Tables in yuan, one figure of thirteen thousand million printed without separators."""
    rich = replace_figure(budget, 8, "合计", 2, "13812345678.00")
    return text_grid(rich).replace("单位：万元", "单位：元").encode()


# --- names -------------------------------------------------------------------------------------


def names() -> Iterator[Hostile]:
    """Good disclosures under names that somebody thought about."""
    for seed, name in (
        (60, "names/" + SCRIPT.replace("/", "∕") + ".txt"),
        (61, "names/<img src=x onerror=alert(1)>.txt"),
        (62, '=HYPERLINK("x").txt'),
        (63, "names/new\nline.txt"),
        (64, f"names/{ESCAPE}{BIDI}.txt"),
        (72, b"names/lone\xed\xa0\x80\xff.txt"),
        (67, "2026年预算".encode("gbk") + b".txt"),
        (68, "names/;rm -rf $HOME`id`.txt"),
    ):
        yield Hostile(name, text_grid(disclosure(seed)).encode(), (DOCUMENT,))
    yield Hostile(HOTLINE, hotline(disclosure(81)), (DOCUMENT,))
    yield Hostile(f"{FICTITIOUS_TELEPHONE}空.txt", b"", ("empty_file",))


def hotline(budget: Budget) -> bytes:
    """A telephone number and a handler in the name of the last project of 表12."""
    table = budget.table(12)
    name = f"热线{FICTITIOUS_TELEPHONE}（联系人：{FICTITIOUS_HANDLER}）"
    rows = (*table.rows[:-1], (name, *table.rows[-1][1:]))
    return text_grid(with_table(budget, replace(table, rows=rows))).encode()
