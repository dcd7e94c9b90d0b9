"""Fake bold in text extractions: glyphs drawn twice come out twice.

Here: a line as it was before its bold runs were doubled, run by run (`合计合计`), figure by figure
(`5642.245642.24`) or glyph by glyph (`预预算算`). Not here: what the lines mean.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import zip_longest

FIGURE = r"\d{1,3}(?:,\d{3})+\.\d{1,2}|\d+\.\d{1,2}"
DOUBLED_FIGURE = re.compile(rf"(?<![\d.,])({FIGURE})\1(?![\d.,])")
TOKEN = re.compile(r"\S+")
LETTER = re.compile(r"[^\W\d_]")
# Below this a repetition may be a word (`天天`).
MIN_DOUBLED = 4
MAX_RUN = 120


def undoubled(line: str) -> str:
    """A line with its bold runs printed once; other lines as they are.

    Where the whole line is bold, so are its blank cells, and the blanks for them are halved too.
    """
    margin = line[: len(line) - len(line.lstrip())]
    body = line.strip()
    if (half := once(body)) is not None:
        return margin + half
    tokens = TOKEN.findall(line)
    plain = [of_token(token) for token in tokens]
    if not any(plain):
        return line
    if all(plain):
        gaps = [blanks(gap) for gap in re.findall(r"\s+", line[len(margin) :])]
        pairs = zip_longest(map(str, plain), gaps, fillvalue="")
        return margin + "".join(text + gap for text, gap in pairs)
    return TOKEN.sub(lambda found: of_token(found[0]) or found[0], line)


def blanks(gap: str) -> str:
    """The blanks after a bold run: one that parts, and two for each blank cell."""
    return gap[: 1 + (len(gap) - 1) // 2]


def once(body: str) -> str | None:
    """Half of a text that is one run printed twice, null where it is not."""
    half, odd = divmod(len(body), 2)
    if odd or len(body) < MIN_DOUBLED or body[:half] != body[half:]:
        return None
    return body[:half] if LETTER.search(body) else None


@lru_cache(maxsize=4096)
def of_token(token: str) -> str | None:
    """A token with its doubled runs printed once, null where none is doubled."""
    plain = DOUBLED_FIGURE.sub(r"\1", token)
    pieces = re.split(rf"({FIGURE})", plain)
    changed = [piece if re.fullmatch(FIGURE, piece) else of_words(piece) for piece in pieces]
    result = "".join(
        piece if new is None else new for piece, new in zip(pieces, changed, strict=True)
    )
    return result if result != token else None


def of_words(text: str) -> str | None:
    """Words printed twice, as a whole, run by run or glyph by glyph; null where they are not."""
    if len(text) < MIN_DOUBLED or len(text) > MAX_RUN or not LETTER.search(text):
        return None
    if (half := once(text)) is not None:
        return half
    turned = text[1:] + text[0] if text[0] == text[-1] else text
    for candidate in dict.fromkeys((text, turned)):
        if len(candidate) % 2 == 0 and candidate[0::2] == candidate[1::2]:
            return candidate[0::2]
    return None
