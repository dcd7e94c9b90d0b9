"""What a body row is: total, class, code, project … and which row it is part of.

Here: one function per row scheme of the form files, from `Row` to `Line`. Not here: reading the
row (body), and arithmetic over lines (identities), save where a department's project table shows
its levels by nothing but its sums (outline).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from pipeline.codes.code_lists import class_code_of
from pipeline.codes.economic import economic_code_of
from pipeline.forms import figures, outline
from pipeline.forms.body import Row, printed_rows
from pipeline.forms.family import RowRule, Side
from pipeline.forms.heads import by_column, by_heads, single
from pipeline.forms.placing import Context, line, unplaced
from pipeline.forms.statement import Line, Unplaced
from pipeline.forms.wording import ORDINAL, TOTALS, canon_label, folded

# Vehicles and equipment are counted among the money rows of some tables; counts are no amounts.
QUANTITY = "quantity"
CODE = re.compile(r"[0-9]{3}(?:[0-9]{2}){0,2}")
# Which list a code is of: a table of items under a header of functions must not pass for one.
FIRST_DIGIT: dict[str | None, str] = {"revenue": "1", "function": "2", "economic_department": "3"}


def lines(rows: tuple[Row, ...], side: Side, context: Context) -> tuple[Line, ...]:
    """The lines of one side, with role, kind, parent and occurrence.

    Raises `Unplaced` for a row with figures that the form has no place for.
    """
    for row in printed_rows(rows):
        names = (row.label, row.government_item, *row.heads)
        if side.scheme != "tree" and any(is_figure(name) for name in names):
            raise unplaced(row, "a figure stands where a name should")
    listed = side.scheme in ("tree", "economic", "units", "projects")
    whole = rejoined(rows, side.scheme == "tree") if listed else rejoined_names(rows, side)
    found = SCHEMES[side.scheme](whole, side, context)
    return count_occurrences(sum_rows(found))


def is_figure(text: str) -> bool:
    """Whether a text is a printed number."""
    return bool(figures.NUMBER.fullmatch(text))


def rejoined(rows: tuple[Row, ...], coded: bool) -> tuple[Row, ...]:
    """Rows with names that a page break cut made whole.

    The rest stands alone on top of the next page: a name, or part of one, and nothing else. Where
    rows have codes, a row without one is a rest; elsewhere an open bracket above is the evidence,
    and without it the row may be a row of its own: `Unplaced`. Summaries are left out: they print
    classes without figures everywhere.
    """
    whole: list[Row] = []
    for row in rows:
        alone = row.first_of_page and row.label and not row.code and not row.figures
        if not alone or not whole or canon_label(row.label) in TOTALS:
            whole.append(row)
            continue
        above = whole[-1]
        if not coded and above.label.count("（") == above.label.count("）"):
            raise Unplaced(
                "row_unplaced",
                f"row {row.line_no}: on top of a page, without figures; it may be a row or the "
                "rest of the name above",
            )
        whole[-1] = replace(
            above,
            label=above.label + row.label,
            government_item=above.government_item + row.government_item,
        )
    return tuple(whole)


def rejoined_names(rows: tuple[Row, ...], side: Side) -> tuple[Row, ...]:
    """Rows of a summary with names that a page break cut made whole.

    Only where neither part is a name the form knows and both together are one.
    """
    whole: list[Row] = []
    for row in rows:
        above = whole[-1] if whole else None
        alone = row.first_of_page and row.label and not row.figures
        if above is not None and alone and not knows(above.label, side):
            label = above.label + row.label
            if knows(label, side) and not knows(row.label, side):
                whole[-1] = replace(above, label=label)
                continue
        whole.append(row)
    return tuple(whole)


def knows(label: str, side: Side) -> bool:
    """Whether a label is one that the rules of a side name."""
    named = any(canon_label(label) in rule.labels for rule in side.rules)
    classes = any(not rule.labels for rule in side.rules)
    return named or (classes and class_code_of(folded(label)) is not None)


def by_rules(rows: tuple[Row, ...], side: Side, _: Context) -> list[Line]:
    """Rows named by label: summaries and the three public expenses."""
    found: list[Line] = []
    for row in printed_rows(rows):
        rule, item = find_rule(row.label, side.rules, {one.role for one in found})
        if rule is None and row.figures:
            raise unplaced(row, "its label is none that the form declares")
        if rule is None:
            found.append(line(row, side, "other"))
            continue
        if rule.role == QUANTITY:
            found.append(line(row, side, QUANTITY, figures=(), counts=row.figures))
            continue
        above = [one.line_no for one in found if one.role == rule.under]
        found.append(
            line(
                row, side, rule.role, item=item, kind=rule.kind, parent=above[-1] if above else None
            )
        )
    places = {one.item: one.line_no for one in found if one.item}
    parents = {rule.item: rule.parent for rule in side.rules if rule.parent}
    return [
        replace(one, parent=places.get(parents[one.item])) if one.item in parents else one
        for one in found
    ]


def find_rule(
    label: str, rules: Iterable[RowRule], seen: set[str]
) -> tuple[RowRule | None, str | None]:
    """The rule of a label, and the item it names; rules below a role win once it was seen."""
    name = canon_label(label)
    fitting = [r for r in rules if name in r.labels and (r.under is None or r.under in seen)]
    if fitting:
        rule = max(fitting, key=lambda r: r.under is not None)
        return rule, rule.item
    classes = next((r for r in rules if not r.labels), None)
    if classes and label:
        code = class_code_of(folded(label))
        if code or ORDINAL.match(label):
            return classes, code
    return None, None


def by_code(rows: tuple[Row, ...], side: Side, context: Context) -> list[Line]:
    """Rows found by classification code, 类 / 款 / 项."""
    found: list[Line] = []
    for row in printed_rows(rows):
        if not row.code and not row.label and row.line_no in context.total_lines:
            found.append(line(row, side, "total", kind="total"))
        elif CODE.fullmatch(row.code):
            found.append(line(row, side, "code", code=row.code, code_system=side.code_system))
        elif (label := total_label(row)) is not None:
            found.append(line(row, side, "total", kind="total", label=label))
        elif (rule := named_row(row, side)) is not None:
            name = row.label or row.code
            found.append(line(row, side, rule.role, kind=rule.kind, item=rule.item, label=name))
        elif row.figures or is_figure(row.label):
            raise unplaced(row, "neither a 3-, 5- or 7-digit code nor a total")
        else:
            found.append(line(row, side, "other"))
    refuse_other_list(found, side)
    return with_code_parents(found)


def refuse_other_list(found: list[Line], side: Side) -> None:
    """Refuse a table whose codes are mostly of another list: items under a header of functions.

    Single codes may be misprinted; they are released as printed.
    """
    first = FIRST_DIGIT.get(side.code_system, "")
    codes = [one.code for one in found if one.code and one.figures]
    other = [code for code in codes if not code.startswith(first)]
    if 2 * len(other) > len(codes):
        detail = f"codes such as {other[0]} are none of the list {side.code_system}"
        raise Unplaced("row_unplaced", detail)


def total_label(row: Row) -> str | None:
    """The label of a total row, whether it stands in the code or in the name column."""
    texts = [text for text in (row.code, row.label) if text]
    return texts[0] if len(texts) == 1 and canon_label(texts[0]) in TOTALS else None


def named_row(row: Row, side: Side) -> RowRule | None:
    """The rule of a row without a code that the form knows by name, as 人员经费合计."""
    name = canon_label(row.label or row.code)
    return next((rule for rule in side.rules if name in rule.labels), None)


def with_code_parents(found: list[Line]) -> list[Line]:
    """Each code line under the longest printed prefix of its code, else under the total."""
    places: dict[str, int] = {}
    for one in found:
        if one.code and one.code in places:
            continue
        if one.code:
            places[one.code] = one.line_no
    total = next((one.line_no for one in found if one.role == "total"), None)

    def parent(one: Line) -> int | None:
        if not one.code:
            return None
        prefixes = [one.code[:n] for n in (5, 3) if n < len(one.code)]
        return next((places[p] for p in prefixes if p in places), total)

    return [replace(one, parent=parent(one)) for one in found]


def by_economic_name(rows: tuple[Row, ...], side: Side, context: Context) -> list[Line]:
    """Rows named by economic item: a class row (no government item), then its items."""
    found: list[Line] = []
    group: Line | None = None
    total: int | None = None
    for row in printed_rows(rows):
        name = canon_label(row.label)
        if name in TOTALS:
            total = row.line_no
            found.append(line(row, side, "total", kind="total"))
            continue
        if not row.label and row.figures:
            raise unplaced(row, "an economic item has a name")
        as_class = economic_code_of(row.label, None, context.year)
        as_item = economic_code_of(row.label, group.item, context.year) if group else None
        # A class has no government item; an item may lack it and is known by its name then.
        if not row.government_item and (as_class or not as_item):
            group = line(row, side, "economic_class", item=as_class, parent=total)
            found.append(group)
        else:
            above = group.line_no if group else total
            found.append(line(row, side, "economic_item", item=as_item, parent=above))
    return found


def by_unit(rows: tuple[Row, ...], side: Side, _: Context) -> list[Line]:
    """One row per unit under a total."""
    found: list[Line] = []
    total: int | None = None
    for row in printed_rows(rows):
        if canon_label(row.label) in TOTALS:
            total = row.line_no
            found.append(line(row, side, "total", kind="total"))
        elif not row.label and row.figures:
            raise unplaced(row, "a unit has a name")
        else:
            found.append(line(row, side, "unit", parent=total))
    return found


def by_project(rows: tuple[Row, ...], side: Side, context: Context) -> list[Line]:
    """Department, units and projects: levels by indentation, else by their sums."""
    present = list(printed_rows(rows))
    if nameless := next((row for row in present if not row.label and row.figures), None):
        raise unplaced(nameless, "a project has a name")
    levels = outline.levels(present, context.unit_name, context.scope, TOTALS)
    found: list[Line] = []
    path: list[Line] = []
    # A total printed below its projects is above them all the same.
    for row, level in sorted(zip(present, levels, strict=True), key=lambda pair: pair[1].depth > 0):
        path = path[: level.depth]
        above = path[-1] if path else None
        unit = next((p.label for p in reversed(path) if p.role != "project"), None)
        named = unit if level.role == "project" and canon_label(unit or "") not in TOTALS else None
        one = line(
            row,
            side,
            level.role,
            kind="total" if level.role == "total" else "item",
            parent=above.line_no if above else None,
            implementing_unit=named,
        )
        found.append(one)
        path.append(one)
    return sorted(found, key=lambda one: one.line_no)


def sum_rows(found: list[Line]) -> list[Line]:
    """Items with a printed descendant that bears figures become subtotals.

    So does a balance with parts: the parts are the balance then, and a sum over items and
    balances counts it once.
    """
    parents = {one.parent for one in found if one.figures and one.parent is not None}
    above = {one.line_no: one.parent for one in found}
    ancestors = set(parents)
    for line_no in parents:
        while (line_no := above.get(line_no)) is not None and line_no not in ancestors:  # type: ignore[assignment]
            ancestors.add(line_no)
    return [
        replace(one, kind="subtotal")
        if one.line_no in ancestors and one.kind in ("item", "balance")
        else one
        for one in found
    ]


def count_occurrences(found: list[Line]) -> tuple[Line, ...]:
    """Rows of one side that share their key numbered from 1."""
    seen: Counter[tuple[str, ...]] = Counter()
    counted = []
    for one in found:
        key = ("code", one.code) if one.code else ("label", one.label_path or "", one.label or "")
        seen[key] += 1
        counted.append(replace(one, occurrence=seen[key]))
    return tuple(counted)


SCHEMES: dict[str, Callable[[tuple[Row, ...], Side, Context], list[Line]]] = {
    "rules": by_rules,
    "tree": by_code,
    "economic": by_economic_name,
    "units": by_unit,
    "projects": by_project,
    "heads": by_heads,
    "across": by_column,
    "single": single,
}
