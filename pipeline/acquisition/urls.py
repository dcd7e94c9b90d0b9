"""Addresses of the web: made absolute and canonical, or refused.

Here: pure work on URLs. Not here: what stands behind them.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpx

from pipeline.acquisition.refusal import Refused

LONGEST = 2048
SCHEMES = ("http", "https")
# What stays as it is when a query is written in the encoding of its page.
IN_QUERY = "!$&'()*+,;=:@/?%[]~"
HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|[0-9a-fA-F:.]+")
# Browsers pass over these wherever they stand.
DROPPED = str.maketrans("", "", "\t\n\r")


def absolute(base: str, link: str, encoding: str = "utf-8") -> str:
    """The address a link on a page leads to, as a browser takes it.

    A path in Chinese is sent as UTF-8, a query in the encoding of the page. Raises `Refused` for
    scripts, other schemes and addresses that cannot be.
    """
    text = link.translate(DROPPED).strip("\x00 \x0b\x0c\x1f\u3000\ufeff")
    scheme = text.split(":", 1)[0].lower() if ":" in text.split("/", 1)[0] else ""
    if scheme in ("javascript", "vbscript"):
        raise Refused("script_link", text)
    if scheme and scheme not in SCHEMES and scheme.replace("+", "").isalpha():
        raise Refused("bad_address", f"{scheme} is not http or https")
    if len(text) > LONGEST:
        raise Refused("bad_address", f"an address of {len(text):,} characters")
    path, mark, query = text.partition("?")
    # Browsers take a backslash for a slash.
    path = path.replace("\\", "/")
    try:
        parts = urlsplit(urljoin(base, path + mark + query))
        in_page = quote(parts.query, safe=IN_QUERY, encoding=encoding, errors="xmlcharrefreplace")
        return canonical(urlunsplit((*parts[:3], in_page, "")))
    except ValueError as error:
        raise Refused("bad_address", f"{text}: no usable address") from error


def canonical(url: str) -> str:
    """An http or https address in one spelling, without fragment; `Refused` for any other."""
    if len(url) > LONGEST:
        raise Refused("bad_address", f"an address of {len(url):,} characters")
    try:
        parsed = httpx.URL(url)
        if parsed.scheme not in SCHEMES or not parsed.host:
            raise Refused("bad_address", f"{url}: not http or https")
        if not HOST.fullmatch(parsed.raw_host.decode("ascii")):
            raise Refused("bad_address", f"{parsed.host}: no host name")
        if parsed.port is not None and not 0 < parsed.port < 65536:
            raise Refused("bad_address", f"{parsed.host}: no port {parsed.port}")
        if parsed.userinfo:
            raise Refused("bad_address", f"{parsed.host}: an address with a name or password")
        return str(parsed.copy_with(fragment=None, path=parsed.path or "/"))
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused("bad_address", f"{url}: no usable address") from error


def host_of(url: str) -> str:
    """The host name of a canonical address, in the form it is resolved by."""
    return httpx.URL(url).raw_host.decode("ascii").strip("[]").lower().rstrip(".")


def origin_of(url: str) -> str:
    """Scheme, host and port of a canonical address."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}"


def belongs(host: str, declared: tuple[str, ...]) -> bool:
    """Whether a host is one of the declared ones; `*.example.cn` declares all below it."""
    return any(fnmatchcase(host, pattern) for pattern in declared)
