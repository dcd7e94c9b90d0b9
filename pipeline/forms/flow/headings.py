"""Headers of flowing tables: which columns a table prints, from the words above its body.

The words come wrapped, glued and in the order of their lines, so that a header is known by what
it holds. Here: where captions end and the body begins, and the columns of a form that are there.
Not here: the rows (rows).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.forms import captions
from pipeline.forms.family import Form
from pipeline.forms.flow.atoms import Atom, Kind, atoms
from pipeline.forms.flow.columns import Placed, find, find_letters, ordered
from pipeline.forms.statement import Unplaced
from pipeline.forms.wording import (
    ORDINAL,
    VARIANTS,
    canon,
    canon_label,
    squeeze,
    with_any_year,
)
from pipeline.readers.shapes import Paragraph

MAX_CAPTIONS = 16
MAX_LINES = 60
MIN_WORD = 4
# Words that stand above columns and are no column of their own.
PARENTS = (
    "项目收入支出金额预算决算数年度合计小计本年上年当年安排结转按功能分类经济科目编码名称代码栏次"
    "行次其中单位部门类款人员公用经费财政拨款序号{}Y():,0123456789"
)
TABLE_NUMBER = re.compile(r"(?:预算|部门|单位)?公开\d{0,2}表?\d{0,2}|表[一二三四五六七八九十\d]+")
YEAR = re.compile(r"\{Y\}年(?:预算|决算)?")
CODE_PARTS = re.compile(r"^\s*类\s*款\s*项(?:\s+|(?=合计)|$)")
PARTS_ROW = re.compile("类款项?")
INDEX_WORDS = frozenset({"栏次", "行次"})
MANGLED = 2
DOUBLED = re.compile(r"([\u4e00-\u9fff])\1")


@dataclass(frozen=True)
class Heading:
    """The columns of a table, whether it numbers its rows, and the line its body begins with."""

    form: Form
    columns: tuple[Placed, ...]
    numbered: tuple[str | None, ...]
    start: int
    body: int


def heading(lines: list[Paragraph], form: Form) -> Heading | None:
    """The header that the lines below a title begin with, null where it is not the form's.

    Raises `Unplaced` where its columns stand in another order than the form's.
    """
    start = first_line(lines, form)
    if start is None:
        return None
    end, index_row = last_line(lines, start, form)
    if any(column.measure in MEASURE_WORDS for _, column in form.columns if column.item):
        return across(lines, start, end, index_row, form)
    texts = [joined([lines[n]]) for n in range(start, end)]
    text = "".join(texts)
    body = end
    if mixed_up(text):
        whole = find_letters(text, form)
    else:
        edges = edges_of(lines[start:end], text)
        ways = [find(text, form, whole_codes, edges) for whole_codes in (True, False)]
        whole = max(ways, key=len)
        if not lacking(whole, form):
            body = shortest(texts, whole, start)
            whole = in_order(lines[start], "".join(texts[: body - start]), whole)
    if not whole or lacking(whole, form):
        return None
    if any(placed.column.item for placed in whole):
        whole = as_printed(lines[start:end], whole)
    if index_row:
        check_count(lines[end], whole)
        body = end + 1
    numbered = tuple(dict.fromkeys(p.side.side for p in whole if p.column.role == "index"))
    kept = tuple(p for p in whole if p.column.role != "index")
    return Heading(form, kept, numbered, start, body)


def shortest(texts: list[str], whole: tuple[Placed, ...], start: int) -> int:
    """The line below the last one that the header's words need."""
    end = max(placed.at + len(placed.words[-1]) for placed in whole)
    length = 0
    for number, text in enumerate(texts, start=start + 1):
        length += len(text)
        if length >= end:
            return number
    return start + len(texts)


def in_order(line: Paragraph, text: str, whole: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """The columns in printed order; raises `Unplaced` where the header does not tell it."""
    found = ordered(text, whole)
    if found is None:
        detail = f"line {line.place.line}: the header does not tell the order of its columns"
        raise Unplaced("header_unknown", detail)
    return found


def mixed_up(text: str) -> bool:
    """Whether the letters of a header are still doubled: its lines came out of order."""
    return len(DOUBLED.findall(text)) >= MANGLED


def across(
    lines: list[Paragraph], start: int, end: int, index_row: bool, form: Form
) -> Heading | None:
    """The header of a table whose items run across, in the order it prints them.

    预算数 and 决算数 stand above all items, or below each of them.
    """
    printed = "".join(single(squeeze(line.text)) for line in lines[start:end])
    text = printed.translate(VARIANTS)
    columns = form.columns
    if all(text.count(word) == 1 for word in MEASURE_WORDS.values()):
        columns = tuple(sorted(columns, key=lambda pair: pair[1].measure or ""))
    found = []
    for side, column in columns:
        names = [item_words(path) for path in column.paths]
        fitting = [path for path in names if path and path[-1] in text]
        if not fitting:
            continue
        path = max(fitting, key=lambda p: (all(w in text for w in p), len(p[-1]), len(p)))
        words = [printed[text.find(w) :][: len(w)] for w in path if w in text]
        below = MEASURE_WORDS.get(column.measure or "")
        found.append(Placed(side, column, (*words, below) if below else tuple(words)))
    if not found or found[0].column.kind != "total":
        return None
    known = {word for _, column in columns for path in column.paths for word in path}
    left = text
    for word in sorted(known, key=len, reverse=True):
        left = left.replace(word, "")
    if left:
        detail = f"line {lines[start].place.line}: the header has words that the form does not know"
        raise Unplaced("header_unknown", detail)
    if index_row:
        check_count(lines[end], tuple(found))
    return Heading(form, tuple(found), (), start, end + 1 if index_row else end)


def as_printed(lines: list[Paragraph], found: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Columns with their words as they are printed: where items run across they are the labels."""
    printed = "".join(single(squeeze(line.text)) for line in lines)
    plain = printed.translate(VARIANTS)

    def shown(word: str) -> str:
        pattern = re.escape(word).replace(re.escape("{Y}年"), ANY_YEAR)
        at = re.search(pattern, plain)
        return printed[at.start() : at.end()] if at else word

    return tuple(replace(p, words=tuple(shown(word) for word in p.words)) for p in found)


ANY_YEAR = r"(?:19|20)\d{2}年?度?"
MEASURE_WORDS = {"budget": "预算数", "final": "决算数"}


def item_words(path: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a path that name the item, without 预算数 and 决算数."""
    return tuple(word for word in path if word not in MEASURE_WORDS.values())


def first_line(lines: list[Paragraph], form: Form) -> int | None:
    """The first line below the captions that holds words of the header."""
    letters = vocabulary(form)
    for index, line in enumerate(lines[:MAX_CAPTIONS]):
        if line.text.strip() and not is_caption(line.text) and is_heading(line, letters, form):
            return index
    return None


def is_caption(text: str) -> bool:
    """Whether a line is what stands between title and header."""
    plain = squeeze(text)
    return bool(
        captions.MONEY_UNIT.search(plain)
        or captions.UNIT_NAME.search(plain)
        or TABLE_NUMBER.fullmatch(plain)
        or YEAR.fullmatch(canon(plain))
    )


def last_line(lines: list[Paragraph], start: int, form: Form) -> tuple[int, bool]:
    """Where the lines of a header can end, and whether a row of column numbers ends them."""
    letters = vocabulary(form)
    for index in range(start, min(len(lines), start + MAX_LINES)):
        if not lines[index].text.strip():
            continue
        if is_index_row(lines[index]):
            return index, True
        if not is_heading(lines[index], letters, form):
            return index, False
    return min(len(lines), start + MAX_LINES), False


def is_index_row(line: Paragraph) -> bool:
    """Whether a line numbers the columns, side by side from 1."""
    parts = [a for a in atoms([line], coded=False) if a.kind is not Kind.END]
    words = {squeeze(a.text) for a in parts if a.kind is Kind.TEXT}
    numbers = [a.text.partition(".")[0] for a in parts if a.kind is Kind.NUMBER]
    named = bool(words) and words <= INDEX_WORDS
    return (
        (named or not words)
        and len(numbers) >= (1 if named else MANGLED)
        and numbers == [str(n) for n in range(1, len(numbers) + 1)]
    )


def is_heading(line: Paragraph, letters: frozenset[str], form: Form) -> bool:
    """Whether a line can be part of the header: it bears no figure, and its letters are those of
    the header's words, or a column's whole name stands in it."""
    parts = atoms([line], coded=False)
    if any(is_amount(a) for a in parts) or ORDINAL.match(line.text.strip()):
        return False
    plain = plain_text(line.text)
    return set(plain) <= letters or any(word in plain for word in long_words(form))


def long_words(form: Form) -> frozenset[str]:
    """The column names of a form that are no parts of common words."""
    words = {path[-1] for _, column in form.columns for path in column.paths if path}
    return frozenset(word for word in words if len(word) >= MIN_WORD and "{" not in word)


def is_amount(atom: Atom) -> bool:
    """Whether an atom is a figure with decimals."""
    return atom.kind is Kind.NUMBER and "." in atom.text


def plain_text(text: str) -> str:
    """A line as its words are compared, one kind of bracket and every year alike."""
    return with_any_year(squeeze(text).translate(VARIANTS))


def vocabulary(form: Form) -> frozenset[str]:
    """Every letter of the words in a form's header."""
    words = {w for _, column in form.columns for path in column.paths for w in path}
    words |= {side.header or "" for side in form.sides}
    return frozenset("".join(words) + PARENTS)


def joined(lines: list[Paragraph]) -> str:
    """Header lines as one text; the doubled rest of a bold word is printed once."""
    return "".join(PARTS_ROW.sub("", single(plain_text(line.text))) for line in lines)


def edges_of(lines: list[Paragraph], text: str) -> frozenset[int]:
    """The places between the printed words of a header; none where they cannot be told."""
    words = [
        PARTS_ROW.sub("", single(plain_text(word)))
        for line in lines
        if not PARTS_ROW.fullmatch(plain_text(line.text))
        for word in line.text.split()
    ]
    if "".join(words) != text:
        return frozenset()
    return frozenset(accumulate(map(len, words), initial=0))


def single(text: str) -> str:
    """One of two equal letters that stand on a line alone."""
    return text[0] if len(text) == 2 and text[0] == text[1] else text


def lacking(found: tuple[Placed, ...], form: Form) -> bool:
    """Whether a side, or one of its blocks, lacks what names its rows or its first figures."""
    names = {(p.side.side, p.column.block, p.column.name) for p in found}
    for side, column in form.columns:
        first = next(c for c in side.columns if c.role == "measure" and c.block == column.block)
        naming = column.role in ("label", "code", "head")
        if (naming or column is first) and (side.side, column.block, column.name) not in names:
            return True
    return False


def body_of(lines: list[Paragraph], heading: Heading) -> list[Paragraph]:
    """The lines of a table's body: up to the captions of the next table, without headers that are
    printed again amid it, and without headings of its sections.

    Raises `Unplaced` where rows go on below such captions.
    """
    above = next(
        (n for n in reversed(range(heading.start)) if is_caption(lines[n].text)), heading.start - 1
    )
    header = [plain_text(line.text) for line in lines[above + 1 : heading.body]]
    listed = any(not rule.labels for side in heading.form.sides for rule in side.rules)
    known = {label for side in heading.form.sides for rule in side.rules for label in rule.labels}
    words = {word for _, column in heading.form.columns for path in column.paths for word in path}
    kept: list[Paragraph] = []
    body = lines[heading.body :]
    repeated = repeats([plain_text(line.text) for line in body], header)
    for number, line in enumerate(body):
        if is_caption(line.text):
            if any(is_amount(atom) for atom in atoms(body[number:], coded=False)):
                detail = f"line {line.place.line}: rows go on below captions"
                raise Unplaced("row_unplaced", detail)
            break
        plain = plain_text(line.text)
        tokens = {plain_text(token) for token in line.text.split()}
        section = (
            heading.numbered
            and not listed
            and ORDINAL.match(plain)
            and canon_label(plain) not in known
            and not any(a.is_cell for a in atoms([line], coded=False))
        )
        again = number in repeated or (len(tokens) > 1 and tokens <= words)
        if not section and not again:
            kept.append(without_parts(line))
    return kept


def repeats(body: list[str], header: list[str]) -> set[int]:
    """The lines of a body that print the whole header again."""
    size = len(header)
    starts = [n for n in range(len(body)) if size > 1 and body[n : n + size] == header]
    return {n for start in starts for n in range(start, start + size)}


def without_parts(line: Paragraph) -> Paragraph:
    """A line without the names of a code's parts, which some print below 科目编码."""
    return Paragraph(CODE_PARTS.sub("", line.text), line.place)


def check_count(line: Paragraph, found: tuple[Placed, ...]) -> None:
    """Raise `Unplaced` where the row of column numbers counts others than were found."""
    numbers = [a for a in atoms([line], coded=False) if a.kind is Kind.NUMBER]
    measures = [p for p in found if p.column.role == "measure"]
    named = any(word in squeeze(line.text) for word in INDEX_WORDS)
    across = any(p.column.item for p in found)
    wanted = len(measures) if named or across else len(found)
    if len(numbers) not in (wanted, len(measures)):
        raise Unplaced(
            "header_unknown",
            f"line {line.place.line}: {len(numbers)} columns are numbered, {wanted} are known",
        )
