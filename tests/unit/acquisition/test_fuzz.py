"""Whatever comes: an answer of the closed list of reasons, and never another error."""

from __future__ import annotations

import contextlib
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.acquisition import body, kinds, links, names, pages, urls
from pipeline.acquisition.bundles import Budget, Unpacking
from pipeline.acquisition.refusal import Refused
from pipeline.acquisition.robots import Robots
from pipeline.documents.intake import is_blank, publishable
from tests.unit.acquisition.misbehaving import pdf

BASE = "http://czj.example.gov.cn/a/b.html"
HOSTILE = st.text(max_size=300) | st.text(st.sampled_from("./\\:@[]%#?&=；。１a預 \t\n\0\u202e"))
STARTS = (b"", b"%PDF-1.7", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<html>", b"{", b"\x1f\x8b")


@given(HOSTILE)
def test_any_link_is_a_canonical_address_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        url = urls.absolute(BASE, text)
        assert url.startswith(("http://", "https://"))
        assert url.isascii()
        assert "#" not in url
        assert urls.canonical(url) == url
        assert urls.host_of(url)


@given(HOSTILE)
def test_any_name_is_safe_and_stays_so(text: str) -> None:
    name = names.safe(text)
    assert name
    assert not name.startswith((".", "-", "="))
    assert len(name.encode()) <= names.MOST_BYTES + 1
    assert not names.FORBIDDEN.intersection(name)
    assert all(c.isprintable() or is_blank(c) for c in name)
    assert len(Path(name).parts) == 1
    assert publishable(name) == name


@given(st.binary(max_size=2000), st.sampled_from(("gzip", "deflate")), st.integers(0, 40))
def test_any_body_is_decoded_or_refused(data: bytes, encoding: str, cut: int) -> None:
    packed = gzip.compress(data)
    for coming in (data, packed[:cut] + data, packed[: len(packed) - cut]):
        pieces = [coming[i : i + 7] for i in range(0, len(coming), 7)]
        with contextlib.suppress(Refused):
            assert len(b"".join(body.decoded(pieces, encoding, 5000))) <= 5000


@given(st.sampled_from(STARTS), st.binary(max_size=600))
def test_any_file_is_of_a_kind_or_refused(start: bytes, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "came"
        path.write_bytes(start + data)
        with contextlib.suppress(Refused):
            assert kinds.judge(path)[0] in ("pdf", "text", "office", "bundle")


@given(st.text(max_size=500) | st.text(st.sampled_from("<>a/!-=\"' hrefscriptbase"), max_size=500))
def test_any_page_has_links_or_none(text: str) -> None:
    links.find(text)
    pages.stands_in(text)
    pages.decode(text.encode("utf-8", "replace"), text[:40])


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=12), st.integers(0, 99)
)
def test_any_bundle_is_unpacked_or_refused(changes: list[tuple[int, int]], cut: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("预算/一.pdf", pdf("一", 60))
        archive.writestr("b.zip", made.getvalue())
        archive.writestr("c.txt", b"x" * 50)
    content = bytearray(made.getvalue())
    for at, value in changes:
        content[at % len(content)] = value
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "in").mkdir()
        (Path(folder) / "bundle").write_bytes(content[: len(content) - cut])
        with contextlib.suppress(Refused):
            budget = Budget(total=1 << 20)
            for member in Unpacking(Path(folder) / "in", budget).members(Path(folder) / "bundle"):
                assert member.refusal or (member.path and member.path.parent.name == "in")
        assert {p.name for p in Path(folder).iterdir()} == {"in", "bundle"}


@given(
    st.text(max_size=400) | st.text(st.sampled_from("user-agent: *\ndisallow: /$#"), max_size=400)
)
def test_any_robots_txt_allows_or_refuses(text: str) -> None:
    with contextlib.suppress(Refused):
        assert Robots(lambda _: text.encode("utf-8", "replace"), "Yusuan/1").delay_for(BASE) >= 0
