"""What the identities are run on: the printed rows, the printed figures, the state of each form.

Here: the shape of the input and the checks that it is well formed. Not here: how rows are selected
(`rows`), what an identity says (`declaration`, `formula`) and how it is judged (`engine`).
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipeline.schema.catalogue import words

MONEY = pl.Decimal(18, 2)

LINES: dict[str, pl.DataType] = {
    "document_id": pl.String(),
    "statement_id": pl.String(),
    "side": pl.String(),
    "line_no": pl.Int64(),
    "role": pl.String(),
    "item": pl.String(),
    "code": pl.String(),
    "label": pl.String(),
    "government_item": pl.String(),
    "parent_line_no": pl.Int64(),
}
CELLS: dict[str, pl.DataType] = {
    "amount_id": pl.String(),
    "document_id": pl.String(),
    "statement_id": pl.String(),
    "side": pl.String(),
    "line_no": pl.Int64(),
    "measure_id": pl.String(),
    "amount_yuan": MONEY,
    "step_yuan": MONEY,
}
COVERAGE: dict[str, pl.DataType] = {
    "document_id": pl.String(),
    "statement_id": pl.String(),
    "state": pl.String(),
}
NULLABLE = {
    *("side", "item", "code", "label", "government_item", "parent_line_no"),
    *("form", "columns"),
}
LINE_KEY = ["document_id", "statement_id", "side", "line_no"]


class BooksError(ValueError):
    """The input is not well formed; says which frame, which column and what was expected."""


@dataclass(frozen=True)
class Books:
    """Printed rows (blank ones too), printed figures (a blank cell has no row), and coverage.

    `coverage` may carry a column `form` (the family of the statement's form; identities that name
    `forms` then run only where it is one of them), and a column `columns` (the figure columns its
    header has, `side.measure` parted by blanks; an identity over another one is not tested).
    """

    lines: pl.DataFrame
    cells: pl.DataFrame
    coverage: pl.DataFrame

    def checked(self) -> Books:
        """The same books, typed, in a total order; `BooksError` lists everything that is wrong."""
        problems: list[str] = []
        lines = typed("lines", self.lines, LINES, LINE_KEY, problems)
        cells = typed("cells", self.cells, CELLS, ["amount_id"], problems)
        extra = {c: pl.String() for c in ("form", "columns") if c in self.coverage.columns}
        coverage = typed(
            "coverage",
            self.coverage,
            COVERAGE | extra,
            ["document_id", "statement_id"],
            problems,
        )
        if not problems:
            problems += dangling(lines, cells, coverage)
        if problems:
            raise BooksError("; ".join(problems))
        return Books(lines, cells, coverage)

    def of_documents(self, documents: pl.DataFrame) -> Books:
        """The books of some documents (a frame with `document_id`)."""
        return Books(
            *(
                frame.join(documents, on="document_id", how="semi", maintain_order="left")
                for frame in (self.lines, self.cells, self.coverage)
            )
        )


def typed(
    name: str,
    frame: pl.DataFrame,
    schema: dict[str, pl.DataType],
    key: list[str],
    problems: list[str],
) -> pl.DataFrame:
    """The frame's declared columns, cast, sorted by key; what is wrong is added to `problems`."""
    if missing := [column for column in schema if column not in frame.columns]:
        problems.append(f"{name}: lacks the columns {missing}")
        return frame
    for column, dtype in schema.items():
        if dtype == MONEY and frame.schema[column].is_float():
            problems.append(f"{name}.{column}: money must be Decimal, never float")
    frame = frame.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
    holes = frame.select(pl.col(c).null_count() for c in schema if c not in NULLABLE).row(0)
    for column, count in zip((c for c in schema if c not in NULLABLE), holes, strict=True):
        if count:
            problems.append(f"{name}.{column}: {count} rows have no value")
    if repeated := frame.height - frame.select(pl.struct(key).n_unique()).item():
        problems.append(f"{name}: {repeated} rows repeat the key {key}")
    return frame.sort(key, nulls_last=False)


def dangling(lines: pl.DataFrame, cells: pl.DataFrame, coverage: pl.DataFrame) -> list[str]:
    """Figures on no printed row, a measure printed twice on one row, unknown states."""
    problems = []
    orphans = cells.join(lines, on=LINE_KEY, how="anti", nulls_equal=True)
    if orphans.height:
        problems.append(f"cells: {orphans.height} stand on no line: {orphans.row(0, named=True)}")
    place = [*LINE_KEY, "measure_id"]
    if cells.height != cells.select(pl.struct(place).n_unique()).item():
        problems.append(f"cells: two figures claim the same {place}")
    uncovered = lines.join(coverage, on=["document_id", "statement_id"], how="anti")
    if uncovered.height:
        where = uncovered.row(0, named=True)
        problems.append(f"coverage: lacks {where['document_id']} {where['statement_id']}")
    if unknown := sorted(set(coverage["state"].unique()) - set(words("coverage"))):
        problems.append(f"coverage.state: unknown {unknown}")
    return problems
