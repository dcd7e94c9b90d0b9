"""What a web page is: its text, and whether it only stands in for something else.

Here: decoding pages and recognising notices that nothing is there and requests to log in. Looks are
bounded: a page is hostile until proved otherwise. Not here: its links (links).
"""

from __future__ import annotations

import codecs
import html
import re

from pipeline.acquisition.refusal import Refused

MOST_LOOKED_AT = 256 << 10
# A page with less text than this is a notice, not an article.
NOTICE = 600
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "iso-8859-1": "utf-8",
    "us-ascii": "utf-8",
}
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"))
CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,300})", re.IGNORECASE)
PASSWORD = re.compile(r"<input\b[^<>]{0,800}?type\s{0,9}=\s{0,9}[\"']?password", re.IGNORECASE)
LOGIN = re.compile(r"登录|登陆|身份认证|\b(?:log|sign) ?in\b", re.IGNORECASE)
MISSING = re.compile(
    r"\b404\b|不存在|找不到|未找到|没有找到|无法(?:找到|访问|显示)|已(?:被)?删除|已失效"
    r"|\bnot found\b|no longer available",
    re.IGNORECASE,
)
BLOCK = re.compile(r"<(script|style)\b([^<>]{0,2000})>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,4000}>")


def decode(content: bytes, content_type: str = "") -> tuple[str, str]:
    """The text of a page and its encoding: by its mark, its header, its meta tag, its bytes."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace"), encoding
    said = [*CHARSET.findall(content_type.encode("latin-1", "replace"))]
    said += CHARSET.findall(content[:4096])
    # What is said is often wrong; bytes that are UTF-8 are hardly ever anything else.
    for encoding in ("utf-8", *(ENCODINGS.get(s.decode().lower(), "utf-8") for s in said)):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    last = next(
        (ENCODINGS[s.decode().lower()] for s in said if s.decode().lower() in ENCODINGS), ""
    )
    encoding = last if last not in ("", "utf-8") else "gb18030"
    return content.decode(encoding, "replace"), encoding


def title(text: str) -> str:
    """What a page calls itself."""
    found = TITLE.search(text)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def visible(text: str) -> str:
    """The words of a page."""
    return " ".join(html.unescape(TAG.sub(" ", without_code(text))).split())


def without_code(text: str, data: re.Pattern[str] | None = None) -> str:
    """A page without its scripts and styles, but with those whose attributes say they are data.

    One that does not end takes all that follows.
    """
    kept, at = [], 0
    while (opening := BLOCK.search(text, at)) is not None:
        kept.append(text[at : opening.start()])
        closing = re.compile(f"</{opening[1]}", re.IGNORECASE).search(text, opening.end())
        at = closing.start() if closing else len(text)
        if data and data.search(opening[2]):
            kept.append(text[opening.end() : at])
    return "".join(kept) + text[at:]


def stands_in(text: str) -> str | None:
    """The reason why a page is none of its own: a login, or a notice that nothing is there."""
    name, words = title(text), visible(text[:MOST_LOOKED_AT])
    if PASSWORD.search(text) or LOGIN.search(name):
        return "login_page"
    if MISSING.search(name) or (len(words) < NOTICE and MISSING.search(words)):
        return "soft_404"
    return None


def refuse(content: bytes) -> None:
    """Raise `Refused` for a page that came instead of a document, with what it seems to be."""
    text, _ = decode(content)
    raise Refused(stands_in(text) or "disguised", f"a web page: {title(text) or 'without title'}")
