"""The gate before the parsers: what it turns away, with which reason, and what it must let pass."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from pipeline.documents.document import Refusal
from pipeline.readers.pdf import drawing, gate
from pipeline.settings import PROJECT
from tests.builds import published_pdf
from tests.facsimile.synthetic import synthetic_budget
from tests.integration.hostile import (
    HELLO,
    assemble_pdf,
    encrypted,
    flate_bomb,
    form,
    image_only,
    nested_forms,
    one_page,
    self_drawing,
    stream,
    zero_pages,
)

Check = Callable[[bytes], str]
PUBLISHED = PROJECT.parent / "shared" / "raw"


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """What the gate says of some bytes: `passes`, or reason and detail."""

    def verdict(data: bytes) -> str:
        path = tmp_path / "a.pdf"
        path.write_bytes(data)
        try:
            gate.check(path)
        except Refusal as refusal:
            return f"{refusal.reason}: {refusal.detail}"
        return "passes"

    return verdict


@pytest.fixture(scope="module")
def whole() -> bytes:
    """A disclosure as a PDF."""
    return published_pdf(synthetic_budget(30, n_projects=2))


# What passes


def test_a_disclosure_passes(check: Check, whole: bytes) -> None:
    assert check(whole) == "passes"


def rewritten(whole: bytes, **choices: str) -> bytes:
    """The disclosure as another program writes it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    if choices:
        writer.encrypt(**choices)  # type: ignore[arg-type]
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_a_disclosure_that_may_only_not_be_changed_passes(check: Check, whole: bytes) -> None:
    assert check(rewritten(whole, user_password="", owner_password="the owner's")) == "passes"


@pytest.mark.parametrize("padding", [b"\0" * 9000, b"\r\n" * 3000, b" \n\0", b"<!-- 1 -->"])
def test_padding_after_the_end_passes(check: Check, whole: bytes, padding: bytes) -> None:
    assert check(whole + padding) == "passes"


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"<br />\nWarning: x\n" * 20])
def test_bytes_before_the_header_pass(check: Check, whole: bytes, before: bytes) -> None:
    assert check(before + whole) == "passes"


def test_a_broken_cross_reference_passes(check: Check, whole: bytes) -> None:
    """Parsers repair it; what they make of the pages is theirs to say."""
    assert check(whole.replace(b"startxref\n", b"startxref\n1", 1)) == "passes"
    assert check(whole.replace(b"\nxref\n", b"\nxrfe\n", 1)) == "passes"


def test_a_file_that_pypdf_cannot_follow_at_all_passes(check: Check) -> None:
    assert check(b"%PDF-1.4\nno object at all\nstartxref\n0\n%%EOF\n") == "passes"


def test_an_attached_pdf_is_no_second_file(check: Check, whole: bytes) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(whole)))
    writer.add_attachment("attached.pdf", whole)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert buffer.getvalue().count(b"%PDF-") == 2
    assert check(buffer.getvalue()) == "passes"


def test_forms_that_hold_themselves_without_drawing_themselves_pass(check: Check) -> None:
    """Writers give every form the resources of its page, the form among them."""
    shared = b"/XObject<</F 5 0 R>>"
    assert check(one_page(stream(HELLO + b"/F Do"), shared, form(b"0 0 m 9 9 l S", shared))) == (
        "passes"
    )


def test_a_form_drawn_a_thousand_times_passes(check: Check) -> None:
    content = stream(HELLO + b"/F Do " * 1000)
    data = one_page(content, b"/XObject<</F 5 0 R>>", form(b"0 0 m 9 9 l S", b""))
    assert check(data) == "passes"


def test_drawn_glyphs_pass(check: Check) -> None:
    """Browsers print small pictures and odd characters as fonts of drawn glyphs."""
    assert check(drawn_font(b"0 0 m 9 9 l S", b"", 20_000)) == "passes"


def test_large_pages_and_scans_pass(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "large.pdf"
    canvas = Canvas(str(path), pagesize=(2384, 3370))
    canvas.drawString(72, 72, "A0")
    canvas.save()
    assert check(path.read_bytes()) == "passes"
    assert check(image_only().replace(b"/Width 32/Height 32", b"/Width 7016/Height 9921")) == (
        "passes"
    )


@pytest.mark.parametrize("box", [b"[]", b"[0 0 NaN 842]", b"[0 0]", b"/A", b"[0 0 0 0]", b"null"])
def test_a_page_box_that_is_none_is_left_to_the_parsers(check: Check, box: bytes) -> None:
    assert check(hello().replace(b"[0 0 595 842]", box)) == "passes"


def hello() -> bytes:
    """A page with a line of text."""
    return one_page(stream(HELLO), b"")


def test_no_published_disclosure_is_turned_away() -> None:
    paths = sorted(PUBLISHED.rglob("*.pdf"))
    if not paths:
        pytest.skip(f"{PUBLISHED} is not there: no published documents to test with")
    for path in paths:
        gate.check(path)


# The ends of the file


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_refused(check: Check, whole: bytes, share: float) -> None:
    cut = whole[: int(len(whole) * share)].removesuffix(b"startxref")
    assert check(cut) == "unreadable_file: truncated: the file has no trailer"


def test_a_file_without_a_header_is_refused(check: Check, whole: bytes) -> None:
    assert check(b" " * 2000 + whole) == "unreadable_file: no PDF header at the beginning"


def test_seventeen_bytes_are_refused(check: Check) -> None:
    assert check(b"%PDF-1.4\n%nothing").startswith("unreadable_file: truncated")
    assert check(b"") == "unreadable_file: 0 bytes"


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n\r\n", b"\0" * 30])
def test_two_files_glued_together_are_refused(check: Check, whole: bytes, between: bytes) -> None:
    """Each parser would read one of them and say nothing of the other."""
    second = published_pdf(synthetic_budget(31, n_projects=2))
    assert check(whole + between + second) == "unreadable_file: two PDF files in one: split them"


# Pages


def test_a_file_that_asks_for_a_password_is_refused(check: Check, whole: bytes) -> None:
    assert check(encrypted(whole)) == "encrypted: a password is needed to open it"
    strong = rewritten(whole, user_password="a password", algorithm="AES-256")
    assert check(strong) == "encrypted: a password is needed to open it"


def test_a_file_without_pages_is_refused(check: Check) -> None:
    assert check(zero_pages()) == "unreadable_file: the file has no pages"


def tree(kids: bytes, count: int, *more: bytes) -> bytes:
    """A page tree (object 2) with one page (object 3)."""
    return assemble_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>",
        stream(HELLO),
        *more,
    )


def test_a_page_tree_that_turns_back_is_refused(check: Check) -> None:
    turns = "unreadable_file: its page tree turns back on itself"
    assert check(tree(b"3 0 R 2 0 R", 2)) == turns
    assert check(tree(b"3 0 R 5 0 R", 2, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")) == turns


def test_a_page_tree_that_doubles_at_each_level_is_refused(check: Check) -> None:
    levels = [b"<</Type/Pages/Kids[%d 0 R %d 0 R]/Count 2>>" % (n, n) for n in range(6, 36)]
    assert check(tree(b"5 0 R", 1, *levels, b"<</Type/Page/Parent 5 0 R>>")).startswith("too_large")


def test_a_page_tree_deeper_than_any_is_refused(check: Check) -> None:
    levels = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % n for n in range(6, 206)]
    deep = check(tree(b"5 0 R", 1, *levels, b"<</Type/Page/Parent 5 0 R>>"))
    assert deep == "too_large: more than 50 levels in its page tree"


def test_more_pages_than_a_disclosure_has_are_refused(check: Check) -> None:
    many = b"3 0 R " * (gate.MAX_PAGES + 1)
    assert check(tree(many, 5)) == "too_large: 2001 pages; the limit is 2000"
    assert check(tree(b"3 0 R", 10**9)).startswith("too_large: 1,000,000,000 pages claimed")


def test_a_file_with_more_pages_than_it_claims_is_refused(check: Check) -> None:
    """pdfium would read the first and say nothing of the others."""
    refused = "unreadable_file: its page tree claims 1 pages and holds 3"
    assert check(tree(b"3 0 R " * 3, 1)) == refused
    assert check(tree(b"3 0 R " * 3, 3)) == "passes"


@pytest.mark.parametrize("box", [b"[0 0 1e9 842]", b"[0 0 1000000000 842]", b"[0 0 14000 14000]"])
def test_a_page_as_large_as_a_field_is_refused(check: Check, box: bytes) -> None:
    found = check(hello().replace(b"[0 0 595 842]", box))
    assert found == "passes" if b"e" in box else found.startswith("too_large: page 1 measures")


def test_one_bad_page_among_broken_ones_is_found(check: Check) -> None:
    """The objects of the first page are of kinds nobody expects; the second is looked at too."""
    pages = b"5 0 R 3 0 R"
    odd = b"<</Type/Page/Parent 2 0 R/Contents(a)/Resources[1]/MediaBox 7/Annots<</A 1>>>>"
    huge = tree(pages, 2, odd).replace(b"[0 0 595 842]", b"[0 0 99999 842]")
    assert check(huge).startswith("too_large: page 2 measures")


def test_a_cross_reference_that_turns_back_is_no_trap(check: Check) -> None:
    data = hello()
    start = data.rindex(b"\nxref") + 1
    assert check(data.replace(b"trailer<<", b"trailer<</Prev %d" % start)) in (
        "passes",
        "unreadable_file: the file has no pages",
    )


# What pages draw


def test_a_form_that_draws_itself_is_refused(check: Check) -> None:
    itself = "unreadable_file: a form in it draws itself"
    assert check(self_drawing()) == itself
    forth = form(b"/G Do", b"/XObject<</G 6 0 R>>")
    back = form(b"/F Do", b"/XObject<</F 5 0 R>>")
    assert check(one_page(stream(HELLO + b"/F Do"), b"/XObject<</F 5 0 R>>", forth, back)) == itself


def test_the_name_of_a_form_may_be_escaped(check: Check) -> None:
    drawn = form(b"/#46 Do", b"/XObject<</F 5 0 R>>")
    data = one_page(stream(HELLO + b"/#46\x00Do"), b"/XObject<</#46 5 0 R>>", drawn)
    assert check(data) == "unreadable_file: a form in it draws itself"


@pytest.mark.parametrize(("depth", "said"), [(29, "within each other"), (20, "drawn on a page")])
def test_forms_that_double_at_each_level_are_refused(check: Check, depth: int, said: str) -> None:
    found = check(nested_forms(depth))
    assert found.startswith("too_large: more than")
    assert found.endswith(said)
    assert check(nested_forms(10)) == "passes"


def test_long_forms_drawn_often_are_refused(check: Check) -> None:
    long = form(b"0 0 m 9 9 l S " * 20_000, b"")
    data = one_page(stream(HELLO + b"/F Do " * 2_000), b"/XObject<</F 5 0 R>>", long)
    assert check(data).endswith("bytes of operators on a page")


def pattern(content: bytes, resources: bytes) -> bytes:
    """A tiling pattern."""
    entries = b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9"
    return stream(content, entries + b"/Resources<<%s>>" % resources)


def test_a_pattern_that_paints_with_itself_is_refused(check: Check) -> None:
    own = b"/Pattern<</P 5 0 R>>"
    paint = b"/Pattern cs /P scn 0 0 9 9 re f"
    assert check(one_page(stream(HELLO + paint), own, pattern(paint, own))) == (
        "unreadable_file: a form in it draws itself"
    )
    assert check(one_page(stream(HELLO + paint), own, pattern(b"0 0 9 9 re f", b""))) == "passes"


def test_a_soft_mask_that_masks_itself_is_refused(check: Check) -> None:
    state = b"/ExtGState<</S<</SMask<</S/Alpha/G 5 0 R>>>>>>"
    assert check(one_page(stream(HELLO + b"/S gs"), state, form(b"/S gs", state))) == (
        "unreadable_file: a form in it draws itself"
    )


def drawn_font(glyph: bytes, resources: bytes, shown: int, *more: bytes) -> bytes:
    """A page with text in a font (object 5) of one drawn glyph (object 6)."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97"
        b"/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>"
        b"/Resources<<%s>>>>" % resources
    )
    text = b"BT /D 9 Tf (%s) Tj ET" % (b"a" * shown)
    data = one_page(stream(text), b"", font, stream(b"9 0 d0 " + glyph), *more)
    return data.replace(b"/Font<<", b"/Font<</D 5 0 R")


def test_glyphs_that_draw_forms_count_as_often_as_they_may_be_shown(check: Check) -> None:
    holder, line = b"/XObject<</F 7 0 R>>", form(b"0 0 m 9 9 l S", b"")
    assert check(drawn_font(b"/F Do", holder, 500, line)) == "passes"
    often = check(drawn_font(b"/F Do " * 50, holder, 20_000, line))
    assert often.endswith("forms drawn on a page")


def test_a_glyph_that_shows_itself_is_refused(check: Check) -> None:
    own = b"/Font<</D 5 0 R>>"
    assert check(drawn_font(b"BT /D 9 Tf (a) Tj ET", own, 5)) == (
        "unreadable_file: a form in it draws itself"
    )


def test_annotations_are_drawn_too(check: Check) -> None:
    drawn = form(b"/F Do", b"/XObject<</F 5 0 R>>")
    page = one_page(stream(HELLO), b"", drawn)
    annotation = b"/Annots[<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/AP<</N %s>>>>]/Contents"
    itself = "unreadable_file: a form in it draws itself"
    assert check(page.replace(b"/Contents", annotation % b"5 0 R")) == itself
    assert check(page.replace(b"/Contents", annotation % b"<</On 5 0 R>>")) == itself


# What unpacks


def test_a_bomb_in_a_page_is_refused(check: Check) -> None:
    assert check(flate_bomb(70)).endswith("bytes in one unpacked stream")
    assert check(flate_bomb(2)) == "passes"


def packed(content: bytes, times: int) -> bytes:
    """A stream deflated several times over."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    return stream(content, b"/Filter[%s]" % (b"/FlateDecode" * times))


def test_a_bomb_within_a_bomb_is_refused(check: Check) -> None:
    """Some hundred bytes that give gigabytes."""
    bomb = packed(b"0 0 m 1 1 l S\n" * 10_000_000, 2)
    assert len(bomb) < 5_000
    assert check(one_page(bomb, b"")).startswith("too_large: ")


def test_more_filters_than_any_writer_uses_are_refused(check: Check) -> None:
    assert check(one_page(packed(HELLO, 2), b"")) == "passes"
    assert check(one_page(packed(HELLO, 5), b"")) == "too_large: more than 4 filters on one stream"


@pytest.mark.parametrize("font_file", [b"/FontFile2 7 0 R", b"/FontFile3 7 0 R"])
def test_a_bomb_in_a_font_is_refused(check: Check, font_file: bytes) -> None:
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/A/FontDescriptor 6 0 R>>"
    descriptor = b"<</Type/FontDescriptor/FontName/A%s>>" % font_file
    bomb = stream(zlib.compress(bytes(80_000_000), 9), b"/Filter/FlateDecode")
    data = one_page(stream(HELLO), b"", font, descriptor, bomb)
    assert check(data.replace(b"/Font<<", b"/Font<</B 5 0 R")).startswith("too_large: ")


def test_an_image_of_more_pixels_than_any_scan_is_refused(check: Check) -> None:
    huge = image_only().replace(b"/Width 32/Height 32", b"/Width 99999/Height 99999")
    assert check(huge) == "too_large: more than 250,000,000 pixels in one image"


def test_all_limits_hold_together() -> None:
    """What one stream may unpack to must fit what pypdf unpacks."""
    assert gate.LIMITS["zlib_maximum_output_length"] >= drawing.MAX_DECODED
    assert drawing.MAX_DECODED < drawing.MAX_DECODED_IN_ALL
