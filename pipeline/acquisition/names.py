"""File names: made of what portals say, fit for every file system and for everybody's eyes.

Here: pure work on names. Personal data is masked as everywhere. Not here: where files go.
"""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from urllib.parse import unquote_to_bytes, urlsplit

import httpx

from pipeline.documents import personal

# A file name may have 255 bytes; the hash, the ending and a temporary suffix need some.
MOST_BYTES = 150
FORBIDDEN = frozenset('<>:"/\\|?*')
RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.I
)
ENDING = re.compile(
    r"\.(?:pdf|zip|docx?|xlsx?|pptx?|txt|rtf|wps|et|ofd|html?|jspx?|aspx?|do)$", re.I
)
# Words that links have everywhere and that tell nothing.
GENERIC = re.compile(
    r"(?:点击|点此|此处|请|附件|文件|下载|查看|详情|更多|正文|全文|打开|原文|pdf|word|excel|download|click|here"
    r"|[\d\s.、:：()（）〔〕\[\]【】一二三四五六七八九十-])*",
    re.I,
)


def safe(text: str) -> str:
    """A name without ending that is safe on every system; never empty, hidden or a path."""
    masked = personal.mask(unicodedata.normalize("NFC", text))
    kept = "".join(c if fits(c) else " " for c in masked)
    name = " ".join(ENDING.sub("", kept.strip()).split())
    # Leading signs are options to commands and formulas to spreadsheets.
    name = shortened(name.lstrip(".-=+@＝＋－＠~ ").rstrip(". "))
    name = name.rstrip(". ") or "document"
    return f"_{name}" if RESERVED.fullmatch(name) else name


def fits(character: str) -> bool:
    """Whether a character may stand in a file name: no control, no direction mark, no path."""
    return character not in FORBIDDEN and unicodedata.category(character)[0] != "C"


def shortened(name: str) -> str:
    """The name, cut at a character so that it fits."""
    return name.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")


def best(title: str, url: str, headers: httpx.Headers) -> str:
    """The name that says most: the words of the link, the server's name, or the address's."""
    if tells(title):
        return safe(title)
    return safe(disposition(headers) or last_part(url) or title)


def tells(title: str) -> bool:
    """Whether the words of a link say more than that there is one."""
    return not GENERIC.fullmatch(ENDING.sub("", title))


def disposition(headers: httpx.Headers) -> str:
    """The file name of a Content-Disposition header, or nothing."""
    raw = next((v for k, v in headers.raw if k.lower() == b"content-disposition"), b"")[:2000]
    message = Message()
    message["Content-Disposition"] = text_of(raw).replace("\r", " ").replace("\n", " ")
    name = message.get_filename("")
    return text_of(unquote_to_bytes(name)) if "%" in name else name


def last_part(url: str) -> str:
    """The last part of an address's path."""
    return text_of(unquote_to_bytes(urlsplit(url).path.rsplit("/", 1)[-1]))


def text_of(raw: bytes) -> str:
    """Bytes as the text they most likely are."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("ascii", "replace")
