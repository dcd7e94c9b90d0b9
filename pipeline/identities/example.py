"""The small tables in the declarations, as books: what the tests run and the documentation shows.

    # summary.revenue | amount            a statement (and side), its measures
    fund:general_public_budget | 609.03   role (and item, or code) | figures in 万元, as printed
    this_year 本年收入合计 | 609.03         an optional label after a blank
    economic_item:30110/社会保障缴费 | 57.69  after a stroke: the government-side name beside it
    # projects | total
    total | 5.00
      project 云桌面租赁 | 5.00             indented: stands under the row above it
    # expenditure (元) | total            figures in yuan
    # projects_carried_over: stated_empty  a form without figures, by its state
    # form jiangsu_budget                  the form family of the document, on its first line: its
                                           tables then have no columns but those that are shown

A blank cell is empty between its bars. The step is the last printed decimal. Codes stand under
their longest printed prefix by themselves. Here: this notation. Not here: any real form.
"""

from __future__ import annotations

import re
import textwrap
from decimal import Decimal

import polars as pl

from pipeline.identities.books import CELLS, COVERAGE, LINES, Books

HEAD = re.compile(
    r"# (?P<statement>\w+)(?:\.(?P<side>\w+))?(?: \((?P<unit>元|万元)\))?(?P<rest>.*)"
)
FORM = re.compile(r"# form (\w+)")
YUAN = {"元": Decimal(1), "万元": Decimal(10000)}


class ExampleError(ValueError):
    """An example that cannot be read; quotes the line."""


def read_example(text: str, document_id: str = "example") -> Books:
    """The books of one document from an example table."""
    lines: list[dict[str, object]] = []
    cells: list[dict[str, object]] = []
    states: dict[str, str] = {}
    columns: dict[str, list[str]] = {}
    form: str | None = None
    sheet: tuple[str, str | None] | None = None
    measures: list[str] = []
    factor, line_no, above = Decimal(10000), 0, [(0, 0)]
    for raw in textwrap.dedent(text).splitlines():
        if not raw.strip():
            continue
        if family := FORM.fullmatch(raw.strip()):
            form = family[1]
            continue
        if match := HEAD.fullmatch(raw.rstrip()):
            sheet = match["statement"], match["side"]
            factor = YUAN[match["unit"] or "万元"]
            rest = match["rest"].strip()
            states[sheet[0]] = rest[1:].strip() if rest.startswith(":") else "data"
            measures = [part.strip() for part in rest.split("|")[1:]]
            headed = [f"{sheet[1] or ''}.{measure}" for measure in measures]
            columns[sheet[0]] = columns.get(sheet[0], []) + headed
            line_no, above = 0, []
            continue
        if sheet is None:
            raise ExampleError(f"a row before any statement: {raw!r}")
        head, *values = (part.strip() for part in raw.split("|"))
        if len(values) > len(measures):
            raise ExampleError(f"more figures than measures: {raw!r}")
        named, _, label = head.partition(" ")
        role, _, item = named.partition(":")
        item, _, government_item = item.partition("/")
        line_no += 1
        indent = len(raw) - len(raw.lstrip())
        above = [entry for entry in above if entry[0] < indent]
        place = {
            "document_id": document_id,
            "statement_id": sheet[0],
            "side": sheet[1],
            "line_no": line_no,
        }
        code = (item or None) if role == "code" else None
        lines.append(
            {
                **place,
                "role": role,
                "item": None if code else item or None,
                "code": code,
                "label": label or named,
                "government_item": government_item or None,
                "parent_line_no": prefix_line(code, sheet, lines)
                if code
                else (above[-1][1] if above else None),
            }
        )
        above.append((indent, line_no))
        for measure, value in zip(measures, values, strict=False):
            if not value:
                continue
            try:
                printed = Decimal(value)
            except ArithmeticError:
                raise ExampleError(f"not a figure: {value!r} in {raw!r}") from None
            exponent = int(printed.as_tuple().exponent)
            cells.append(
                {
                    **place,
                    "amount_id": f"{document_id}/{sheet[0]}/{sheet[1] or ''}/{line_no}/{measure}",
                    "measure_id": measure,
                    "amount_yuan": printed * factor,
                    "step_yuan": Decimal(1).scaleb(exponent) * factor,
                }
            )
    coverage = [
        {
            "document_id": document_id,
            "statement_id": statement,
            "state": state,
            "form": form,
            "columns": " ".join(columns[statement]) or None if form else None,
        }
        for statement, state in states.items()
    ]
    return Books(
        pl.DataFrame(lines, schema=LINES, orient="row"),
        pl.DataFrame(cells, schema=CELLS, orient="row"),
        pl.DataFrame(
            coverage,
            schema={**COVERAGE, **dict.fromkeys(("form", "columns"), pl.String())},
            orient="row",
        ),
    )


def prefix_line(
    code: str, sheet: tuple[str, str | None], lines: list[dict[str, object]]
) -> int | None:
    """The line of the longest printed prefix of a code among the rows above it."""
    above = [
        (len(str(line["code"])), int(str(line["line_no"])))
        for line in lines
        if (line["statement_id"], line["side"]) == sheet
        and line["code"] is not None
        and code != line["code"]
        and code.startswith(str(line["code"]))
    ]
    return max(above)[1] if above else None
