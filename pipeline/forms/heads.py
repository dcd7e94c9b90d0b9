"""Rows without a label column of their own: named by several cells, by their column, or not at all.

Here: the schemes `heads`, `across` and `single` of the form files. Not here: the others (rows).
"""

from __future__ import annotations

from pipeline.forms.body import SUBTOTAL, Row, printed_rows
from pipeline.forms.family import Side
from pipeline.forms.placing import Context, line, unplaced
from pipeline.forms.statement import Line
from pipeline.forms.wording import TOTALS, canon_label


def by_heads(rows: tuple[Row, ...], side: Side, _: Context) -> list[Line]:
    """Rows named by several cells, from the widest group to the item.

    The deepest printed cell is the label; the cells before it, carried down over blanks, and the
    note beside it are its path. A 小计 stands for its group. Rows below a total are part of it.
    """
    found: list[Line] = []
    carried: list[str] = []
    above: list[tuple[int, int]] = []
    for row in printed_rows(rows):
        depth = max((n for n, head in enumerate(row.heads) if head), default=None)
        if depth is None:
            raise unplaced(row, "nothing names the row")
        label = row.heads[depth]
        if canon_label(label) in SUM_LABELS and depth == 0:
            carried, level = [], -1
        else:
            carried = [*carried[:depth], *[""] * (depth - len(carried)), label]
            carried = [head or kept for head, kept in zip(row.heads, carried, strict=False)]
            level = depth - 1 if canon_label(label) == SUBTOTAL else depth
        above = [(line_no, other) for line_no, other in above if other < level]
        path = [*(head for head in carried[:-1] if head), *([row.note] if row.note else [])]
        group = canon_label(path[0] if path else label)
        rule = next((r for r in side.rules if {group, canon_label(label)} & r.labels), None)
        total = level < 0 and not carried
        found.append(
            line(
                row,
                side,
                "total" if total else rule.role if rule and level == 0 else "head",
                kind="total" if total else "item",
                item=rule.item if rule and level == 0 else None,
                label=label,
                label_path="/".join(path) or None,
                parent=above[-1][0] if above else None,
            )
        )
        above.append((row.line_no, level))
    return found


SUM_LABELS = TOTALS | {"收入总计", "支出总计", "收入合计", "支出合计"}


def by_column(rows: tuple[Row, ...], side: Side, _: Context) -> list[Line]:
    """Items that run across the columns: the declared column says what each is."""
    columns = [(row, row.column) for row in rows if row.column is not None]
    places = {column.item: row.line_no for row, column in columns}
    return [
        line(
            row,
            side,
            "total" if column.kind == "total" else "across" if column.parent else "apart",
            item=column.item,
            kind=column.kind,
            parent=places.get(column.parent) if column.parent else None,
        )
        for row, column in columns
    ]


def single(rows: tuple[Row, ...], side: Side, _: Context) -> list[Line]:
    """One row of figures without any name."""
    present = list(printed_rows(rows))
    if len(present) > 1:
        raise unplaced(present[1], "the form prints one row of figures")
    return [line(row, side, "total", kind="total") for row in present]
