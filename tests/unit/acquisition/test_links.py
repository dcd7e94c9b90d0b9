"""Links of listing pages: found as browsers find them, in linear time."""

from __future__ import annotations

import pytest

from pipeline.acquisition import links, pages, urls
from pipeline.acquisition.links import Link, find
from pipeline.acquisition.refusal import Refused

BASE = "http://czj.example.gov.cn/zwgk/list/index.html"


def found(page: str) -> list[tuple[str, str]]:
    return [(link.href, link.text) for link in find(page)[1]]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<a href="a.pdf">预算</a>', [("a.pdf", "预算")]),
        ("<A HREF='a.pdf' >预<b>算</b>\n公开</A>", [("a.pdf", "预算 公开")]),
        ("<a href=a.pdf>x</a>", [("a.pdf", "x")]),
        ('<a title="某局2026年预算" href="a.pdf">某局…</a>', [("a.pdf", "某局2026年预算")]),
        ('<a href="?id=1&amp;f=2">&lt;x&gt;</a>', [("?id=1&f=2", "<x>")]),
        ('<a href="a">x<a href="b">y', [("a", "x"), ("b", "y")]),
        ('<iframe src="/v.html?file=a.pdf"></iframe>', [("/v.html?file=a.pdf", "")]),
        ('<!-- <a href="a.pdf">x</a> --><a href="b.pdf">y</a>', [("b.pdf", "y")]),
        ("<script>document.write('<a href=\"a.pdf\">x</a>')</script>", []),
        ('<script type="text/xml"><![CDATA[<a href="a.pdf">x</a>]]></script>', [("a.pdf", "x")]),
        ('<abbr href="a.pdf">x</abbr><a name="top">y</a><a href="">z</a>', []),
        ('<a href="a.pdf" href="b.pdf">x</a>', [("a.pdf", "x")]),
        ("<!-- never closed <a href='a.pdf'>x</a>", []),
        ("<style>a{}<a href='a.pdf'>", []),
    ],
)  # fmt: skip
def test_links_are_found(page: str, expected: list[tuple[str, str]]) -> None:
    assert found(page) == expected


def test_the_declared_base_is_told() -> None:
    page = '<base href="http://x.example.cn/d/"><base href="/e/"><a href="a">x</a>'
    assert find(page) == ("http://x.example.cn/d/", (Link("a", "x"),))


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<a href=", '<a href="', "<a href='x", "<!--", "<script", "<script>", '<a title="',
     "&#", "</a>", "<a href=x>", "<title", "<input ", "<a a a a a ", "<a\n\n\n\n\n", "<a href = "],
)  # fmt: skip
def test_hostile_pages_end(piece: str) -> None:
    """Patterns that go back and forth would take hours over a megabyte of these."""
    page = piece * ((1 << 20) // len(piece))
    assert len(find(page)[1]) <= page.count("href")
    assert pages.stands_in(page) is None
    assert len(pages.visible(page)) <= len(page)


def test_ten_thousand_links_are_found() -> None:
    page = "".join(f'<a href="/d/{n}.pdf">第{n}号</a>' for n in range(10_000))
    assert len(found(page)) == 10_000


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("a.pdf", "http://czj.example.gov.cn/zwgk/list/a.pdf"),
        ("./a.pdf", "http://czj.example.gov.cn/zwgk/list/a.pdf"),
        ("../../../../a.pdf", "http://czj.example.gov.cn/a.pdf"),
        ("/a.pdf#page=2", "http://czj.example.gov.cn/a.pdf"),
        ("//other.example.cn/a.pdf", "http://other.example.cn/a.pdf"),
        ("https://OTHER.example.cn:443/a.pdf", "https://other.example.cn/a.pdf"),
        ("\\d\\a.pdf", "http://czj.example.gov.cn/d/a.pdf"),
        (" \n/a\t.pdf ", "http://czj.example.gov.cn/a.pdf"),
        ("预 算.pdf", "http://czj.example.gov.cn/zwgk/list/%E9%A2%84%20%E7%AE%97.pdf"),
        ("%E9%A2%84.pdf", "http://czj.example.gov.cn/zwgk/list/%E9%A2%84.pdf"),
        ("?p=2", "http://czj.example.gov.cn/zwgk/list/index.html?p=2"),
        ("http://预算.example.cn/a", "http://xn--lzz850d.example.cn/a"),
        ("http://other.example.cn", "http://other.example.cn/"),
    ],
)
def test_links_become_addresses(link: str, expected: str) -> None:
    assert urls.absolute(BASE, link) == expected


def test_a_query_is_written_in_the_encoding_of_its_page() -> None:
    address = urls.absolute(BASE, "/d?name=预算&n=%31", "gb18030")
    assert address == "http://czj.example.gov.cn/d?name=%D4%A4%CB%E3&n=%31"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("javascript:download('/a.pdf')", "script_link"),
        ("JaVa\tScRiPt:void(0)", "script_link"),
        ("mailto:a@example.cn", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("data:application/pdf;base64,AAAA", "bad_address"),
        ("http://[::1/a", "bad_address"),
        ("http://a b.example.cn/", "bad_address"),
        ("http://name:word@example.cn/a.pdf", "bad_address"),
        ("http://example.cn:99999/", "bad_address"),
        ("/" + "a" * 3000, "bad_address"),
    ],
)
def test_other_links_are_refused(link: str, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        urls.absolute(BASE, link)
    assert caught.value.reason == reason


def test_hosts_belong_by_name_or_by_domain() -> None:
    declared = ("czj.example.gov.cn", "*.files.example.cn")
    assert urls.belongs("czj.example.gov.cn", declared)
    assert urls.belongs("a.files.example.cn", declared)
    assert not urls.belongs("files.example.cn", declared)
    assert not urls.belongs("evil-czj.example.gov.cn", declared)
    assert not urls.belongs("czj.example.gov.cn.evil.cn", declared)


# --- pages ------------------------------------------------------------------------------------

CHINESE = "<html><head>{}<title>某市财政局</title></head><body>预算公开</body></html>"


@pytest.mark.parametrize(
    ("content", "header", "encoding"),
    [
        (CHINESE.format("").encode(), "", "utf-8"),
        (b"\xef\xbb\xbf" + CHINESE.format("").encode(), "", "utf-8"),
        (CHINESE.format('<meta charset="gb2312">').encode("gbk"), "", "gb18030"),
        (CHINESE.format("").encode("gbk"), "text/html; charset=GBK", "gb18030"),
        (CHINESE.format("").encode("gbk"), "", "gb18030"),
        (CHINESE.format('<meta charset="utf-8">').encode("gbk"), "", "gb18030"),
        (CHINESE.format('<meta charset="rot13">').encode("gbk"), "a; charset=idna", "gb18030"),
        (CHINESE.format('<meta charset="gb2312">').encode(), "", "utf-8"),
    ],
)  # fmt: skip
def test_pages_are_decoded_by_what_they_are(content: bytes, header: str, encoding: str) -> None:
    text, used = pages.decode(content, header)
    assert used == encoding
    assert pages.title(text) == "某市财政局"
    assert "预算公开" in text


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<title>404 Not Found</title>", "soft_404"),
        ("<title>某市政府</title><body>对不起，您访问的页面不存在！</body>", "soft_404"),
        ("<title>提示</title><script>var s = 'x'</script><p>文件已被删除</p>", "soft_404"),
        ("<title>统一身份认证平台</title>", "login_page"),
        ("<form><input name=p type='password'></form>", "login_page"),
        ("<title>用户登录</title>", "login_page"),
        ("<title>2026年部门预算</title><p>" + "预算。" * 400 + "地址不存在</p>", None),
        ("<title>预决算公开</title><p>目录</p><a href='/login'>登录</a>", None),
        ("", None),
    ],
)
def test_pages_that_stand_in_for_something_are_recognised(page: str, reason: str | None) -> None:
    assert pages.stands_in(page) == reason


def test_words_of_a_link_are_not_endless() -> None:
    page = f'<a href="a.pdf">{"预" * 100_000}</a>'
    assert len(found(page)[0][1]) <= links.LONGEST_TEXT
