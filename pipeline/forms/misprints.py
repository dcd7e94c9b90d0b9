"""What a header path may have been before OCR: other readings of the same words.

Here: for grids whose medium was read by OCR, and only after no form explained the words as they
stand. Not here: matching (header), and which characters are taken for which (wording).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

from pipeline.forms.family import Column, families
from pipeline.forms.wording import taken_for

Path = tuple[str, ...]


def readings(path: Path, column: Column) -> Iterator[Path]:
    """Other readings of a header path, each of which holds for this column only if it fits.

    Two neighbours may be one word that was cut; the last word may be a second, failed reading of
    the merged cell above it; a word may have one character that is taken for another.
    """
    for n in range(len(path) - 1):
        yield (*path[:n], path[n] + path[n + 1], *path[n + 2 :])
    if len(path) > 1 and is_echo(path[-1], path[-2], column):
        yield path[:-1]
    for n, word in enumerate(path):
        declared = {p[-1] for p in column.paths if p}
        meant = meant_by(word)
        if meant in declared:
            yield (*path[:n], meant)


def is_echo(word: str, above: str, column: Column) -> bool:
    """Whether a word is a failed reading of the word above it: known to no form, and like it.

    Above figures half of its characters must be those above, or none of them Chinese.
    """
    if word in header_words():
        return False
    if not any("\u4e00" <= c <= "\u9fff" for c in word):
        return True
    same = sum(a == b for a, b in zip(word, above, strict=False))
    return len(word) == len(above) and (column.role != "measure" or 2 * same >= len(word))


@lru_cache(maxsize=4096)
def meant_by(word: str) -> str | None:
    """The one header word that a misread one was, null where it is none or several."""
    return taken_for(word, header_words())


@cache
def header_words() -> frozenset[str]:
    """Every header word that any family declares."""
    return frozenset(
        word
        for family in families()
        for form in family.forms
        for _, column in form.columns
        for path in column.paths
        for word in path
    )
