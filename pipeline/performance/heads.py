"""The head of a performance form: name, departments, attribute, duration, and money by source.

Here: one page's rows above its indicators, label by label: a value stands to the right of its label
or, where it was displaced, on the row below. Not here: which rows are a form's (pages) and the
indicators. What stands beside the label of a handler is nobody's value: it is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache

from pipeline.declared import beside
from pipeline.forms.wording import folded, squeeze
from pipeline.performance.money import is_numberlike, readings
from pipeline.performance.rows import Piece, Row, pieces
from pipeline.performance.shapes import ANNUAL, PERIOD
from pipeline.performance.words import UNIT_OF_MONEY, plain

CODE = re.compile(r"(?<!\d)(?P<code>\d{3,6})\s*[-－—–~]\s*(?P<name>\D.*)$")
YEARS = re.compile(r"(\d{1,3})年?")
HAN = re.compile(r"[\u4e00-\u9fff]")
ASKS = re.compile(r"[\u4e00-\u9fff()（）:：]{2,10}")
# An amount with its unit in the same cell.
WORDED_AMOUNT = re.compile(r"([\d,.]+)\s*\(?(万?元)\)?")
UNGROUPED = re.compile(r"\d{5,}")
# Fields whose value may stand on the row below: those that no name of a person is taken for.
DISPLACED = ("attribute", "duration")
NO_VALUE = frozenset({"", "-", "—", "——", "/"})
TOTALS = {"period_total": PERIOD, "annual_total": ANNUAL}

Readings = tuple[Decimal, ...]


@dataclass
class Head:
    """What one page prints above its indicators, as read; several readings of an amount at most."""

    texts: dict[str, str] = field(default_factory=dict)
    #: fields that were put together from pieces, or stand beside words that are none of theirs
    pieced: set[str] = field(default_factory=set)
    funds: dict[tuple[str, str], Readings] = field(default_factory=dict)
    #: amounts of thousands without separators: damage where others have them
    ungrouped: set[tuple[str, str]] = field(default_factory=set)
    #: the unit of money: of the whole head, and of amounts whose own labels say one
    unit: str | None = None
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    #: the column of the first label of an amount
    left: int | None = None
    #: the horizon of the last total that stands without another one beside it
    horizon: str = ANNUAL
    #: labels that were cut or misread
    damaged: int = 0
    #: the column from which the annual side stands
    border: int | None = None


def read_head(rows: Sequence[Row]) -> Head:
    """The head in these rows."""
    head = Head()
    waiting: str | None = None
    for row in rows:
        found = pieces(row)
        head.damaged += sum(1 for p in found if p.label and not p.exact)
        for piece in found:
            unit = UNIT_OF_MONEY.search(plain(piece.word.text))
            if unit and (piece.label is None or piece.label.section == "unit_of_money"):
                head.unit = unit[1]
        labels = [p for p in found if p.label and p.label.section in ("fields", "funds")]
        if any(p.label and p.label.section == "funds" for p in labels):
            read_funds(head, found)
            waiting = None
        elif labels:
            waiting = read_fields(head, found, row.sure)
        elif waiting and found and not any(p.label for p in found):
            keep(head, waiting, [p.word.text for p in found])
            waiting = None
    return head


def read_fields(head: Head, found: Sequence[Piece], row_is_sure: bool) -> str | None:
    """Every labelled value of a row; the last field that has none yet."""
    waiting = None
    for index, piece in enumerate(found):
        if piece.label is None or piece.label.section != "fields":
            continue
        values = own(until_label(found[index + 1 :]), row_is_sure)
        if values:
            keep(head, piece.label.field, [p.word.text for p in values])
        elif piece.label.field in DISPLACED and piece.label.field not in head.texts:
            waiting = piece.label.field
    return waiting


def until_label(found: Iterable[Piece]) -> list[Piece]:
    """The pieces before the next label."""
    values = []
    for piece in found:
        if piece.label is not None:
            break
        values.append(piece)
    return values


def own(values: Sequence[Piece], row_is_sure: bool) -> list[Piece]:
    """The pieces of one value: in print its cell; else up to what looks like a label of its own.

    A label that no family declares is a short text set apart, with a text beside it.
    """
    end = 1
    while not row_is_sure and end < len(values):
        apart = values[end].word.column > values[end - 1].word.column + 1
        if apart and end + 1 < len(values) and ASKS.fullmatch(squeeze(values[end].word.text)):
            break
        end += 1
    return list(values[: 1 if row_is_sure else end])


def keep(head: Head, name: str, texts: Sequence[str]) -> None:
    """Note a field's value, unless the page printed it before. Specks beside words are no part."""
    worded = [t for t in texts if HAN.search(t)] or list(texts[:1])
    value = overlapped([squeeze(t) for t in (worded if len(texts) > 1 else texts)])
    if value in NO_VALUE or name in head.texts:
        return
    coded = CODE.search(value) if name == "department" else None
    head.texts[name] = coded[0] if coded else value
    if len(texts) > 1:
        head.pieced.add(name)


def overlapped(texts: Sequence[str]) -> str:
    """Pieces as one text; what the end of one and the beginning of the next share is meant once."""
    whole = texts[0] if texts else ""
    for text in texts[1:]:
        sizes = range(min(len(whole), len(text)), 0, -1)
        whole += text[next((size for size in sizes if whole.endswith(text[:size])), 0) :]
    return whole


def read_funds(head: Head, found: Sequence[Piece]) -> None:
    """The amounts of a row of sources, each of the horizon its label stands under.

    Where the totals of two horizons stand side by side, or a source is named twice, the first is of
    the period and the second of the year; where only one of two labels can be read, what stands
    from the year's column on is the year's. Elsewhere a source is of the total above it.
    """
    labels = [(i, p.label.field) for i, p in enumerate(found) if is_fund(p) and p.label]
    fields = [name for _, name in labels]
    if "annual_total" in fields:
        head.border = found[labels[fields.index("annual_total")][0]].word.column
        first = head.left if head.left is not None else head.border
        if "period_total" not in fields and head.border <= first:
            head.border = None
    elif fields == ["period_total"] and head.border is None:
        head.border = after_amount(found, labels[0][0])
    if head.left is None:
        head.left = found[labels[0][0]].word.column
    totals = [TOTALS[name] for name in fields if name in TOTALS]
    if len(totals) == 1 and head.border is None:
        head.horizon = totals[0]
    twice = len(set(fields)) < len(fields)
    for number, (index, label) in enumerate(labels):
        values = until_label(found[index + 1 :])
        unit = UNIT_OF_MONEY.search(plain(found[index].word.text))
        if head.border is None:
            usual = head.horizon if not twice else ANNUAL if number else PERIOD
            name, horizon = source_of(label, usual)
            note(head, (horizon, name), values, unit)
            continue
        again = number > 0 and label == labels[number - 1][1]
        right = again or found[index].word.column >= head.border
        name, horizon = source_of(label, ANNUAL if right else PERIOD)
        border = head.border
        if right:
            note(head, (horizon, name), values, unit)
            continue
        note(head, (PERIOD, name), [p for p in values if p.word.column < border], unit)
        beside = found[index].word.column == found[labels[0][0]].word.column
        if beside and number == len(labels) - 1:
            note(head, (ANNUAL, name), [p for p in values if p.word.column >= border], unit)


def is_fund(piece: Piece) -> bool:
    """Whether a piece is the label of an amount."""
    return piece.label is not None and piece.label.section == "funds"


def after_amount(found: Sequence[Piece], label: int) -> int | None:
    """The column of the first words after an amount: the label of the year, past recognition."""
    seen = False
    for piece in found[label + 1 :]:
        number = is_numberlike(piece.word.text)
        if seen and not number and HAN.search(piece.word.text):
            return piece.word.column
        seen = seen or number
    return None


def source_of(label: str, horizon: str) -> tuple[str, str]:
    """The source and the horizon a label means."""
    if label in TOTALS:
        return "total", TOTALS[label]
    return label, horizon


def note(
    head: Head, key: tuple[str, str], values: Sequence[Piece], unit: re.Match[str] | None
) -> None:
    """Keep the readings of an amount, the ones that say more where a row repeats it."""
    texts = [p.word.text for p in values if is_numberlike(p.word.text)]
    worded = [found for p in values if (found := WORDED_AMOUNT.fullmatch(folded(p.word.text)))]
    if not texts and len(worded) == 1:
        texts, unit = [worded[0][1]], re.match("(.*)", worded[0][2])
    if not texts or head.funds.get(key):
        return
    if len(texts) == 1 and UNGROUPED.fullmatch(texts[0].strip()):
        head.ungrouped.add(key)
    if unit is not None:
        head.units[key] = unit[1]
    head.funds[key] = readings(texts)


@cache
def attributes() -> dict[str, list[str]]:
    """The declared words of each attribute."""
    declared: dict[str, list[str]] = beside(__package__, "attributes.yml")
    return declared


def attribute_of(text: str | None) -> str | None:
    """The attribute a printed text means, null where it means none or several."""
    word = folded(squeeze(text or ""))
    found = [name for name, words in attributes().items() if any(w in word for w in words)]
    return found[0] if len(found) == 1 else None


def duration_of(text: str | None) -> int | None:
    """Years of a printed duration."""
    found = YEARS.fullmatch(squeeze(text or ""))
    return int(found[1]) if found else None


def department_of(text: str | None) -> tuple[str | None, str | None]:
    """Code and name of a supervising department printed as 062-某局; the code null without one."""
    if text is None:
        return None, None
    found = CODE.search(text)
    return (found["code"], found["name"]) if found else (None, text)
