"""The identities of one document as a sparse system: cells, blank ones too, and instances.

Here: which cells each tested instance speaks of, with sign, residual and how far it may go, in fen.
The engine is asked once more with every blank cell of the printed rows and columns standing as a
zero, so that a lost figure can be named. Not here: the search (search), and the engine's verdicts,
which are taken as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from pipeline.findings.model import Key
from pipeline.identities.books import CELLS, LINE_KEY, Books
from pipeline.identities.declaration import Declaration
from pipeline.identities.engine import Results, run
from pipeline.identities.proof import HOLDING

PLACE = [*LINE_KEY, "measure_id"]
BLANK = "blank:"
FEN = 1


@dataclass(frozen=True, order=True)
class Cell:
    """A cell of a printed row and column, in fen; `amount_id` is null where it is blank."""

    statement_id: str
    side: str
    line_no: int
    measure_id: str
    amount_id: str | None
    value: int
    step: int


@dataclass(frozen=True)
class Instance:
    """One tested instance: its residual may lie between `low` (null: no bound) and `high`.

    `terms` are cells by their place in the system, with the sign they enter the residual with.
    """

    key: Key
    residual: int
    low: int | None
    high: int
    terms: dict[int, int]
    broken: bool


@dataclass(frozen=True)
class System:
    """The cells and instances of one document; `of_cell` lists the instances of each cell.

    `mute` are broken checks without any figure: rows that should be printed and are not.
    `headers` are the measures of each statement and side in the order of their columns, where the
    books say it.
    """

    document_id: str
    cells: tuple[Cell, ...]
    instances: tuple[Instance, ...]
    of_cell: tuple[tuple[int, ...], ...]
    mute: tuple[Key, ...]
    check_ids: dict[Key, str]
    headers: dict[tuple[str, str], tuple[str, ...]]

    @property
    def broken(self) -> list[int]:
        """The instances that break."""
        return [n for n, instance in enumerate(self.instances) if instance.broken]


def systems(
    books: Books, declarations: Sequence[Declaration], results: Results
) -> Iterator[System]:
    """The system of each document with a broken identity, in the order of documents."""
    broken = results.checks.filter(verdict="breaks").select("document_id").unique()
    if broken.is_empty():
        return
    own = books.of_documents(broken)
    blank = blank_cells(own)
    widened = Books(own.lines, pl.concat([own.cells.select(list(CELLS)), blank]), own.coverage)
    wide = run(widened, declarations)
    most = {d.id: d.formulas[0].relation == "<=" for d in declarations}
    frames = (
        pl.concat([finest(own.cells), blank]),
        with_terms(results, broken),
        with_terms(wide, broken),
    )
    parts = [frame.partition_by("document_id", as_dict=True) for frame in frames]
    for document in broken.sort("document_id").get_column("document_id"):
        cells, checks, widely = (
            part.get((document,), frame.clear()) for part, frame in zip(parts, frames, strict=True)
        )
        heads = headers(own.coverage.filter(document_id=document))
        yield system(document, cells, checks, widely, most, heads)


def headers(coverage: pl.DataFrame) -> dict[tuple[str, str], tuple[str, ...]]:
    """The measures of each statement and side as their columns stand."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    if "columns" in coverage.columns:
        for statement, columns in coverage.select("statement_id", "columns").iter_rows():
            for side, _, measure in (part.partition(".") for part in (columns or "").split()):
                found[statement, side].append(measure)
    return {sheet: tuple(measures) for sheet, measures in found.items()}


def finest(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with the finest step of their statement, as the engine takes them."""
    filled = pl.when(pl.col("amount_yuan") != 0).then("step_yuan")
    step = filled.min().over("document_id", "statement_id")
    return cells.select(list(CELLS)).with_columns(step_yuan=pl.coalesce(step, "step_yuan"))


def blank_cells(books: Books) -> pl.DataFrame:
    """Every cell of a printed row and a printed column that bears no figure, as a zero."""
    sheet = ["document_id", "statement_id", "side"]
    printed = books.cells.select(*sheet, "measure_id").unique()
    if "columns" in books.coverage.columns:
        headed = (
            books.coverage.filter(pl.col("columns").is_not_null(), state="data")
            .select("document_id", "statement_id", pl.col("columns").str.split(" "))
            .explode("columns")
            .select(
                "document_id",
                "statement_id",
                side=pl.col("columns").str.split(".").list.first().replace("", None),
                measure_id=pl.col("columns").str.split(".").list.last(),
            )
        )
        printed = pl.concat([printed, headed]).unique()
    steps = finest(books.cells).group_by("document_id", "statement_id").agg(pl.min("step_yuan"))
    return (
        books.lines.select(LINE_KEY)
        .join(printed, on=sheet, nulls_equal=True)
        .join(books.cells.select(PLACE), on=PLACE, how="anti", nulls_equal=True)
        .join(steps, on=["document_id", "statement_id"])
        .sort(PLACE, nulls_last=False)
        .with_row_index("n")
        .with_columns(
            amount_id=pl.format("{}{}", pl.lit(BLANK), "n"),
            amount_yuan=pl.lit(0).cast(CELLS["amount_yuan"]),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in CELLS.items())
    )


def with_terms(results: Results, documents: pl.DataFrame) -> pl.DataFrame:
    """The tested checks of some documents with the net signs of their cells."""
    terms = (
        results.terms.filter(pl.col("amount_id").is_not_null())
        .group_by("check_id", "amount_id")
        .agg(pl.col("sign").sum())
        .filter(pl.col("sign") != 0)
        .sort("amount_id")
        .group_by("check_id", maintain_order=True)
        .agg("amount_id", "sign")
    )
    tested = results.checks.filter(pl.col("verdict").is_in([*HOLDING, "breaks"]))
    return (
        tested.join(documents, on="document_id", how="semi")
        .join(terms, on="check_id", how="left")
        .with_columns(pl.col("residual", "tolerance").to_physical().cast(pl.Int64))
        .sort("document_id", "check_id")
    )


def system(
    document_id: str,
    cells: pl.DataFrame,
    checks: pl.DataFrame,
    widely: pl.DataFrame,
    most: dict[str, bool],
    heads: dict[tuple[str, str], tuple[str, ...]],
) -> System:
    """The system of one document: its checks as they are, with the blank cells that belong there.

    An instance is widened only where the zeros change nothing else in it. One that only the zeros
    bring about counts where it holds and the identity is tested in that statement.
    """
    found = tuple(sorted(cells_of(cells)))
    place = {id_: n for n, id_ in enumerate(ids_of(cells, found))}
    instances: list[Instance] = []
    mute: list[Key] = []
    names: dict[Key, str] = {}
    wide = {row["check_id"]: row for row in widely.to_dicts()}
    tested: set[tuple[str, str | None]] = set()
    for row in checks.to_dicts():
        key = key_of(row)
        names[key] = row["check_id"]
        tested.add((row["identity_id"], row["statement_id"]))
        if not row["amount_id"]:
            if row["verdict"] == "breaks":
                mute.append(key)
            continue
        more = wide.pop(row["check_id"], None)
        if more is not None and fits(row, more):
            row = {**row, "amount_id": more["amount_id"], "sign": more["sign"]}
        instances.append(instance(row, place, most))
    for row in wide.values():
        holds = row["verdict"] in HOLDING and (row["identity_id"], row["statement_id"]) in tested
        if row["amount_id"] and holds:
            instances.append(instance(row, place, most))
    of_cell: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(instances):
        for cell in one.terms:
            of_cell[cell].append(number)
    return System(
        document_id,
        found,
        tuple(instances),
        tuple(tuple(of_cell[n]) for n in range(len(found))),
        tuple(mute),
        names,
        heads,
    )


def cells_of(frame: pl.DataFrame) -> Iterable[Cell]:
    """The cells of a frame."""
    for row in frame.with_columns(
        pl.col("amount_yuan", "step_yuan").to_physical().cast(pl.Int64)
    ).to_dicts():
        blank = row["amount_id"].startswith(BLANK)
        yield Cell(
            row["statement_id"],
            row["side"] or "",
            row["line_no"],
            row["measure_id"],
            None if blank else row["amount_id"],
            row["amount_yuan"],
            max(row["step_yuan"], FEN),
        )


def ids_of(frame: pl.DataFrame, cells: Sequence[Cell]) -> Iterator[str]:
    """What the engine calls each cell, in the order of the cells."""
    at = {
        (row["statement_id"], row["side"] or "", row["line_no"], row["measure_id"]): row[
            "amount_id"
        ]
        for row in frame.to_dicts()
    }
    for cell in cells:
        yield at[cell.statement_id, cell.side, cell.line_no, cell.measure_id]


def key_of(row: dict[str, Any]) -> Key:
    """What names a check within its document."""
    return row["identity_id"], row["statement_id"], row["subject"]


def fits(row: dict[str, Any], more: dict[str, Any]) -> bool:
    """Whether an instance with blank cells is the same but for them."""
    signs = dict(zip(more["amount_id"], more["sign"], strict=True)) if more["amount_id"] else {}
    own = zip(row["amount_id"], row["sign"], strict=True)
    same = all(more[name] == row[name] for name in ("verdict", "residual", "tolerance"))
    printed = sum(not id_.startswith(BLANK) for id_ in signs)
    return (
        same
        and printed == len(row["amount_id"])
        and all(signs.get(id_) == sign for id_, sign in own)
    )


def instance(row: dict[str, Any], place: dict[str, int], most: dict[str, bool]) -> Instance:
    """A tested check as an instance."""
    tolerance = row["tolerance"]
    return Instance(
        key_of(row),
        row["residual"],
        None if most.get(row["identity_id"]) else -tolerance,
        tolerance,
        {place[i]: s for i, s in zip(row["amount_id"], row["sign"], strict=True)},
        row["verdict"] == "breaks",
    )
