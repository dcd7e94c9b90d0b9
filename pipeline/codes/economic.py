"""Economic items by name: forms that print names without codes.

Here: from the printed name of a 类 or 款 of the department classification to its code. Not here:
the lists themselves (code_lists).
"""

from __future__ import annotations

from functools import cache

from pipeline.codes.code_lists import load

#: Lists and forms print the brackets of 维修（护）费 in either width.
BRACKETS = str.maketrans("()", "（）")


def economic_code_of(name: str, class_code: str | None, year: int | None) -> str | None:
    """The department economic code of a printed name, null where it is none or several.

    Without `class_code` the name of a 类 is looked up, with it the name of a 款 under that 类.
    Names move between codes over the years: those valid in `year` win over the others.
    """
    candidates = by_name().get((class_code, name.translate(BRACKETS)), ())
    valid = [c for c, first, last in candidates if year and first <= year <= (last or year)]
    codes = set(valid) or {c for c, _, _ in candidates}
    return codes.pop() if len(codes) == 1 else None


@cache
def by_name() -> dict[tuple[str | None, str], tuple[tuple[str, int, int | None], ...]]:
    """(parent 类, name) to (code, valid_from, valid_to) of the department classification."""
    found: dict[tuple[str | None, str], list[tuple[str, int, int | None]]] = {}
    for row in load("economic").filter(classification="department").iter_rows(named=True):
        key = (row["parent_code"], row["name_zh"].translate(BRACKETS))
        found.setdefault(key, []).append((row["code"], row["valid_from"], row["valid_to"]))
    return {key: tuple(codes) for key, codes in found.items()}
