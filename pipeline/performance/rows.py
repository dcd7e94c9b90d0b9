"""Rows of a grid as the words printed in them, whatever columns they were displaced to.

Here: `Word` and `Row`, and labels found in a row: in one cell, in several that a label was cut
into, or with its value in the same cell. Not here: what a label's value means (heads, indicators).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.documents import personal
from pipeline.forms.wording import folded, squeeze
from pipeline.performance.money import is_numberlike
from pipeline.performance.words import (
    OF_WHICH,
    UNRELEASED,
    Label,
    bare,
    is_part,
    label_of,
    labels,
    nearly_label,
)
from pipeline.readers.shapes import Grid, Place

# So many neighbouring cells one label may be cut into.
MAX_CUTS = 3
# The longest label that is looked for before a value that touches it.
MAX_LABEL = 8
AMOUNT_FIRST = re.compile(r"^(?P<value>\d[\d,. ]*)\s+(?P<label>[^\d\s]\S{2,12})$")
# A field of a signature line parted from its value.
PARTED = re.compile(r"^\s*\S{2,8}?(?:[:：]|\s)")
INSIDE = re.compile(
    r"^(?P<label>[^:：\s]{3,14}(?:\s*[（(]元[)）])?)\s*[:：\s]\s*(?P<value>\S.*)$", re.S
)


@dataclass(frozen=True, slots=True)
class Word:
    """A printed text and the columns its cell covers; `rows` is how many rows it reaches over."""

    column: int
    text: str
    place: Place
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one row, from the left; `sure` says that their columns are."""

    words: tuple[Word, ...]
    place: Place
    sure: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a row with the label it is, null where it is none."""

    word: Word
    label: Label | None = None
    exact: bool = True


def rows_of(grid: Grid) -> list[Row]:
    """The rows of a grid, blank cells left out."""
    words: dict[int, list[Word]] = {row: [] for row in range(grid.rows)}
    places: dict[int, Place] = {}
    for cell in sorted(grid.cells, key=lambda c: (c.row, c.column)):
        places.setdefault(cell.row, cell.place)
        if cell.text.strip():
            word = Word(cell.column, cell.text.strip(), cell.place, cell.column_span, cell.row_span)
            words[cell.row].append(word)
    return [
        Row(tuple(words[row]), places.get(row, Place()), grid.spans_known)
        for row in range(grid.rows)
    ]


def pieces(row: Row, section: str | None = None) -> list[Piece]:
    """The words of a row, labels told from all others. Cut labels are joined to one piece."""
    words = [part for n, word in enumerate(row.words) for part in split(word, n, row.sure)]
    found: list[Piece] = []
    at = 0
    while at < len(words):
        size, label, exact = labelled(words[at : at + MAX_CUTS], section, row.sure)
        found.append(Piece(joined(words[at : at + size]), label, exact))
        at += size
    return found


def split(word: Word, number: int, sure: bool) -> Iterator[Word]:
    """A word, or label and value where one cell holds both, in either order.

    Where print is damaged, two labels may touch, or the value of a field its label: never in the
    first word of a row, which is a label itself.
    """
    if label_of(word.text) is not None:
        yield word
        return
    for pattern in (INSIDE, AMOUNT_FIRST):
        found = pattern.match(word.text)
        if found is not None and label_of(found["label"]) is not None:
            parts = sorted(("label", "value"), key=found.start)
            yield from (replace(word, text=found[part]) for part in parts)
            return
    if not sure and not nearly_label(word.text) and (size := glued(word.text, number)):
        yield replace(word, text=word.text[:size])
        yield replace(word, text=word.text[size:])
        return
    yield word


def glued(text: str, number: int) -> int:
    """How many characters of a text are a label that a value or a second label touches."""
    for size in range(min(len(text) - 1, MAX_LABEL), 2, -1):
        if number and label_of(text[:size], "fields") is not None:
            return size
        if label_of(text[:size], "funds") and nearly_label(text[size:], "funds"):
            return size
    return 0


def labelled(
    words: Sequence[Word], section: str | None, sure: bool
) -> tuple[int, Label | None, bool]:
    """How many of these words are one label, which it is, and whether it is printed exactly."""
    numbers = [n for n, word in enumerate(words) if n and is_numberlike(word.text)]
    words = words[: min(numbers, default=len(words))]
    for size in range(len(words), 0, -1):
        text = "".join(w.text for w in words[:size])
        label = label_of(text, section)
        if label is not None and (sure or not is_rest(text, label)):
            return size, label, size == 1
    for size in range(1 if sure else len(words), 0, -1):
        text = "".join(w.text for w in words[:size])
        label = None if sure else nearly_label(text, section)
        if label is not None and not is_rest(text, label):
            return size, label, False
    return 1, None, True


def is_rest(text: str, label: Label) -> bool:
    """Whether a label that the data have no place for may be what is left of one they have."""
    if label.field != UNRELEASED or OF_WHICH.match(folded(squeeze(text))):
        return False
    known = labels().items()
    return any(is_part(bare(text), w) for w, found in known if found.field != UNRELEASED)


def joined(words: Sequence[Word]) -> Word:
    """Several words as one."""
    return replace(words[0], text="".join(w.text for w in words))


def labels_in(row: Row) -> set[Label]:
    """The labels of a row."""
    return {piece.label for piece in pieces(row) if piece.label}


def is_signature(row: Row) -> bool:
    """Whether a row asks for handlers, their telephones or the date of filling in.

    In print an indicator may begin like such a field (联系人培训次数): there something parts the
    field from what follows it.
    """
    return any(
        personal.is_field(word.text)
        or (personal.is_signed(word.text) and (not row.sure or PARTED.search(word.text)))
        or (label_of(word.text, "personal") is not None)
        for word in row.words
    )


def is_personal(row: Row) -> bool:
    """Whether a row holds a telephone number or a named handler."""
    return any(personal.found_in(word.text) for word in row.words)
