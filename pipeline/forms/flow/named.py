"""Rows of one list, each a name of its own and its figures: units, projects, economic items.

Here: where a name begins and ends, and the two names of an economic item. Not here: rows whose
labels the form declares (labelled), and levels of projects (outline).
"""

from __future__ import annotations

from functools import cache

from pipeline.codes.code_lists import load
from pipeline.forms.flow.atoms import Atom, Kind
from pipeline.forms.flow.cursor import Cursor, Segment, stray
from pipeline.forms.flow.headings import Heading
from pipeline.forms.wording import TOTALS, canon, canon_label, squeeze

# Letters by which a wrapped line may be shorter than the longest.
SLACK = 2


def by_name(heading: Heading, cursor: Cursor) -> list[Segment]:
    """Rows of one list, each a name and its figures: units, projects, economic items."""
    (side,) = heading.form.sides
    found: list[Segment] = []
    while cursor.now.kind is not Kind.END:
        begin, words = cursor.now, take_words(cursor)
        if not words:
            raise stray(begin, "a figure without a row")
        if not begin.first:
            raise stray(begin, "words after the figures of a row")
        label, government = "".join(atom.text for atom in words), ""
        floating = sum(max(a.spaces - 1, 0) for a in words[1:] if not a.first)
        if side.scheme == "economic":
            label, government = two_names(words)
            floating = 0
        cells = cursor.cells(lambda _: False)
        found.append(
            Segment(
                side,
                cells,
                cursor.now,
                begin.line,
                label=begin.indent + label,
                government_item=government,
                floating=floating,
            )
        )
    return found


def take_words(cursor: Cursor) -> tuple[Atom, ...]:
    """The words of a name, on as many lines as it is wrapped; numbers amid words are part of it.

    The figures of a wrapped name begin a line of their own. Raises `Unplaced` where they do not
    and the line above is not full: it may be a row whose blank cells are not in the text.
    """
    begin, lines = cursor.at, 1
    while cursor.now.kind is Kind.TEXT or (
        cursor.now.kind is Kind.NUMBER
        and "." not in cursor.now.text
        and cursor.ahead().kind is Kind.TEXT
        and not cursor.ahead().first
    ):
        if cursor.at > begin and cursor.now.first:
            if ends_row(cursor.now):
                break
            lines += 1
        cursor.at += 1
    words = cursor.atoms[begin : cursor.at]
    apart = cursor.now.first or not cursor.now.is_cell
    if lines > 1 and not cursor.ends_kept and not apart and not is_full(words, cursor.atoms):
        raise stray(words[0], "a name on two lines that may be two rows")
    return words


def is_full(words: tuple[Atom, ...], atoms: tuple[Atom, ...]) -> bool:
    """Whether each line of a name but the last is as long as any name on one line."""
    lengths: dict[int, int] = {}
    for atom in atoms:
        if atom.kind is Kind.TEXT:
            lengths[atom.line] = lengths.get(atom.line, 0) + len(atom.text.strip())
    wrapped = {atom.line for atom in words} - {words[-1].line}
    return all(lengths[line] + SLACK >= max(lengths.values()) for line in wrapped)


def ends_row(atom: Atom) -> bool:
    """Whether the blanks above an atom are blank cells of a row that is over."""
    return (atom.above or 0) > 1 or bool(atom.between)


def two_names(words: tuple[Atom, ...]) -> tuple[str, str]:
    """The names of the department's and of the government's classification.

    Names of the lists decide; where they do not know both, the one blank between them does.
    """
    whole = squeeze("".join(atom.text for atom in words))
    department, government = economic_names()
    splits = [
        (whole[:n], whole[n:])
        for n in range(1, len(whole))
        if canon(whole[:n]) in department and canon(whole[n:]) in government
    ]
    if len(splits) == 1:
        return splits[0]
    gaps = [n for n, atom in enumerate(words) if n and not atom.first]
    if canon_label(whole) in TOTALS or (not gaps and (canon(whole) in department or not splits)):
        return whole, ""
    if len(gaps) == 1:
        head, rest = words[: gaps[0]], words[gaps[0] :]
        return "".join(a.text for a in head), "".join(a.text for a in rest)
    raise stray(words[0], f"{whole[:20]!r} cannot be parted into two names")


@cache
def economic_names() -> tuple[frozenset[str], frozenset[str]]:
    """The names of both economic classifications, as compared."""
    rows = load("economic")

    def of(classification: str) -> frozenset[str]:
        listed = rows.filter(classification=classification)["name_zh"]
        return frozenset(canon(name) for name in listed if name)

    return of("department"), of("government")
