"""Which columns a header's words stand for, and in which order they stand on paper.

The words of a flowing header come line by line: first those of the upper row, with the words that
group others, then those of the rows below. Here: taking each word once, and the one order of
columns that such lines allow. Not here: which lines are the header (headings).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, pairwise

from pipeline.forms.family import Column, Form, Side

NAMING = ("code", "label", "government_item", "head", "index")
# A group word above code and name, with nothing else beside it.
NAME_GROUP = "项目"
MAX_GROUPS = 6
MAX_ORDERS = 2000


@dataclass(frozen=True)
class Placed:
    """A column of a form that a header prints: the words it is printed with, and where the last
    of them begins in the header's text (-1 where the lines are mixed up)."""

    side: Side
    column: Column
    words: tuple[str, ...]
    at: int = -1


@dataclass(frozen=True)
class Group:
    """Words between those of columns: they group columns of the rows below."""

    text: str


def find(
    text: str, form: Form, whole_codes: bool = True, edges: frozenset[int] = frozenset()
) -> tuple[Placed, ...]:
    """The columns whose words a header holds, the longest words first and each taken once.

    `whole_codes`: a code's name may begin with 支出, which another column's name may end with.
    `edges` are the places between printed words; what stands between two of them comes first.
    """
    free = text
    found: dict[int, Placed] = {}
    for number, (side, column) in enumerate(form.columns):
        if column.role == "code" and is_later_code(form, number):
            found[number] = Placed(side, column, ())
    names = [
        (path, number)
        for number, (_, column) in enumerate(form.columns)
        for path in column.paths
        if path and (whole_codes or column.role != "code" or not path[-1].startswith("支出"))
    ]
    for path, number in sorted(names, key=lambda n: (-len(n[0][-1]), n[1], not within(n[0], text))):
        at = place_of(path[-1], free, edges)
        if number in found or at < 0:
            continue
        side, column = form.columns[number]
        shown = path if within(path, text) else path[-1:]
        found[number] = Placed(side, column, shown, at)
        free = free[:at] + "\x00" * len(path[-1]) + free[at + len(path[-1]) :]
    return tuple(found[number] for number in sorted(found) if found[number].words)


def place_of(word: str, text: str, edges: frozenset[int]) -> int:
    """Where a word stands in a text, by itself if it does so anywhere; -1 where it does not."""
    places = []
    at = text.find(word)
    while at >= 0:
        places.append(at)
        at = text.find(word, at + 1)
    apart = [n for n in places if n in edges and n + len(word) in edges]
    return (apart or places or [-1])[0]


def within(path: tuple[str, ...], text: str) -> bool:
    """Whether a header holds every word of a path."""
    return all(word in text for word in path)


def is_later_code(form: Form, number: int) -> bool:
    """Whether a code column is not the first of its list: codes are printed in one piece here."""
    side, column = form.columns[number]
    return any(
        s == side and c.role == "code" and c.block == column.block for s, c in form.columns[:number]
    )


def find_letters(text: str, form: Form) -> tuple[Placed, ...]:
    """The columns of a header whose lines are mixed up: a word is there when its letters are.

    The order is the form's own: nothing tells another. All columns must be there.
    """
    letters = Counter(text)
    found = []
    for number, (side, column) in enumerate(form.columns):
        if column.role == "code" and is_later_code(form, number):
            continue
        spelt = [path for path in column.paths if path and not Counter(path[-1]) - letters]
        if not spelt:
            return ()
        path = max(spelt, key=lambda p: len(p[-1]))
        letters -= Counter(path[-1])
        found.append(Placed(side, column, path[-1:]))
    return tuple(found)


def ordered(text: str, found: tuple[Placed, ...]) -> tuple[Placed, ...] | None:
    """The columns as they stand on paper, null where the lines allow no order, or several.

    The order of the form is taken where the lines allow it; another one only in a table of one
    list.
    """
    parts = in_text_order(text, found)
    if sum(isinstance(part, Group) for part in parts) > MAX_GROUPS:
        return None
    read = islice(orders(parts, True), MAX_ORDERS)
    ways = [way for way in dict.fromkeys(read) if names_first(way)]
    declared = [placed.words[-1] for placed in found]
    if any([placed.words[-1] for placed in way] == declared for way in ways):
        return found
    return ways[0] if len(ways) == 1 and is_one_list(found) else None


def is_one_list(found: tuple[Placed, ...]) -> bool:
    """Whether columns are those of one list, not of several side by side."""
    return len({(placed.side.side, placed.column.block) for placed in found}) == 1


def names_first(way: tuple[Placed, ...]) -> bool:
    """Whether what names a row stands before its figures, where a table has one list."""
    if not is_one_list(way):
        return True
    naming = [p.column.role in NAMING for p in way]
    return naming == sorted(naming, reverse=True)


def in_text_order(text: str, found: tuple[Placed, ...]) -> list[Placed | Group]:
    """The words of columns and what stands between them, in the order of the text."""
    parts: list[Placed | Group] = []
    end = 0
    for placed in sorted(found, key=lambda p: p.at):
        if placed.at > end:
            parts.append(Group(text[end : placed.at]))
        parts.append(placed)
        end = placed.at + len(placed.words[-1])
    # One glyph more is the rest of a bold word that was printed twice.
    return parts if end + 1 >= len(text) else [*parts, Group(text[end:])]


def orders(parts: list[Placed | Group], whole: bool) -> Iterator[tuple[Placed, ...]]:
    """Every order in which the words of the lower rows stand below the groups of the upper row.

    The upper row is a first stretch of the parts; what follows are the rows below, themselves with
    an upper row where they hold groups.
    """
    plain = tuple(part for part in parts if isinstance(part, Placed))
    one = is_one_list(plain)
    if len(plain) == len(parts):
        yield plain
        return
    starts = [n for n, part in enumerate(parts) if n and isinstance(part, Placed)]
    for start in starts:
        upper, rest = parts[:start], parts[start:]
        groups = [n for n, part in enumerate(upper) if isinstance(part, Group)]
        words = tuple(part for part in rest if isinstance(part, Placed))
        within_rest = " ".join(part.text for part in rest if isinstance(part, Group))
        inner = [words] if len(words) == len(rest) else orders(rest, False)
        for lower in inner:
            free = whole and groups[:1] == [0]
            for way in shares(len(lower), len(groups), free):
                below = {n: lower[first:last] for n, (first, last) in zip(groups, way, strict=True)}
                outermost = len(upper) == 1
                if outermost or all(suits(upper[n], below[n], within_rest, one) for n in groups):
                    yield tuple(
                        word
                        for n, part in enumerate(upper)
                        for word in ([part] if isinstance(part, Placed) else below[n])
                    )


def shares(count: int, groups: int, first_is_free: bool) -> Iterator[tuple[tuple[int, int], ...]]:
    """Every way to share words of the lower rows out to groups, in order, none of them empty.

    The words before everything may stand above a whole row and have none of their own.
    """
    if not groups:
        if not count:
            yield ()
        return
    for cuts in combinations(range(1, count), groups - 1):
        edges = (0, *cuts, count)
        if count:
            yield tuple(pairwise(edges))
    if first_is_free:
        for rest in shares(count, groups - 1, False):
            yield ((0, 0), *rest)


def suits(group: Placed | Group, words: tuple[Placed, ...], inner: str, one_list: bool) -> bool:
    """Whether words can stand below a group.

    What names a row stands below 项目, and nothing else does below 项目 alone (where a table has
    one list); a word that is declared below a group stands below that one, or below a group in
    the rows between (`inner`).
    """
    if not isinstance(group, Group) or not words:
        return True
    naming = [word.column.role in NAMING for word in words]
    if one_list and any(naming) and NAME_GROUP not in group.text:
        return False
    if one_list and group.text == NAME_GROUP and not all(naming):
        return False
    return all(len(word.words) < 2 or word.words[-2] in group.text + inner for word in words)
