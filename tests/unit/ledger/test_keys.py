"""Stable keys: what a cell is called does not depend on where or when it was read."""

from __future__ import annotations

import random
import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.documents.document import Document
from pipeline.ledger import books, facts, keys
from pipeline.ledger.documents import with_units
from pipeline.staging.extract import extract
from pipeline.staging.tables import Extract, names
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

KEY = "0123456789abcdef"
ROW = ("doc", "revenue", "expenditure", "201", None, "一般公共服务支出", 1, "total")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("keys") / "one.txt"
    write_text(synthetic_budget(5, "department"), path)
    return Document(KEY, "one.txt", path, KEY * 4, path.stat().st_size, "text/plain")


@pytest.fixture(scope="module")
def staged(document: Document) -> Extract:
    return extract(document)


def amounts(staged: Extract, document: Document) -> pl.DataFrame:
    """The amounts of staged tables."""
    described = with_units(staged.documents, [document])
    return facts.amounts(staged.lines, staged.cells, described)


def by_cell(frame: pl.DataFrame) -> dict[tuple[str, ...], str]:
    """The id of each cell, by what stands on the paper."""
    columns = ("statement_id", "side", "line_no", "measure_id", "printed_text")
    return {tuple(map(str, row[1:])): row[0] for row in frame.select("amount_id", *columns).rows()}


def test_ids_stay_when_rows_come_in_another_order(staged: Extract, document: Document) -> None:
    mixed = Extract(
        **{
            name: getattr(staged, name).sample(fraction=1, shuffle=True, seed=seed)
            for seed, name in enumerate(names())
        }
    )
    found = by_cell(amounts(staged, document))
    assert by_cell(amounts(mixed, document)) == found
    assert len(set(found.values())) == len(found) == staged.cells.height


def test_ids_stay_when_a_recovered_row_moves_all_line_numbers(
    staged: Extract, document: Document
) -> None:
    moved = Extract(
        **{
            name: frame.with_columns(pl.col("line_no") + 7) if "line_no" in frame.columns else frame
            for name in staged.__dataclass_fields__
            for frame in [getattr(staged, name)]
        }
    )
    ids = set(amounts(staged, document)["amount_id"])
    assert set(amounts(moved, document)["amount_id"]) == ids


def test_ids_have_the_form_the_contract_gives_them(staged: Extract, document: Document) -> None:
    ids = amounts(staged, document)["amount_id"]
    assert all(re.fullmatch(r"[a-z2-7]{26}", one) for one in ids)


@pytest.mark.parametrize("place", [0, 1, 2, 3, 6, 7])
def test_every_part_of_the_key_tells_cells_apart(place: int) -> None:
    other = 2 if place == 6 else "other"
    changed = (*ROW[:place], other, *ROW[place + 1 :])
    assert keys.amount_id(*changed) != keys.amount_id(*ROW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((None, "合计"), ("", "合计")),
        ((None, None), (None, "")),
        (("甲/乙", "丙"), ("甲", "乙/丙")),
        (("甲", "乙"), ("乙", "甲")),
    ],
)
def test_rows_without_a_code_are_known_by_path_and_label(
    left: tuple[str | None, str | None], right: tuple[str | None, str | None]
) -> None:
    first, second = (
        keys.amount_id("d", "s", None, None, path, label, 1, "total")
        for path, label in (left, right)
    )
    assert first != second


def test_a_row_with_a_code_keeps_its_id_when_its_name_changes() -> None:
    first, second = (
        keys.amount_id("d", "s", None, "201", None, label, 1, "total") for label in ("甲", "乙")
    )
    assert first == second


def test_the_ids_of_today_are_the_ids_of_tomorrow() -> None:
    """Written down once: whoever changes these renames every published row."""
    assert keys.amount_id(*ROW) == "iwjh3puujeglirozjp5t3txkaq"  # type: ignore[arg-type]
    assert keys.unit_id("140500", "晋城市公共资源交易中心") == "bfh6nbg6hhfgvg5x"
    unit = "bfh6nbg6hhfgvg5x"
    assert keys.disclosure_id(unit, 2026, "budget", "unit") == "hxzfhg2mfbgqx2bd"


def test_units_of_two_jurisdictions_that_share_a_name_are_two() -> None:
    assert keys.unit_id("140100", "财政局") != keys.unit_id("140200", "财政局")
    assert keys.unit_id(None, "财政局") != keys.unit_id("", "财政局")


def test_two_cells_that_claim_one_key_are_never_entered(
    staged: Extract, document: Document
) -> None:
    twice = Extract(**{**staged.__dict__, "lines": same_row(staged.lines)})
    with pytest.raises(facts.LedgerError, match=r"4 cells share their key.*0123456789abcdef"):
        amounts(twice, document)


def same_row(lines: pl.DataFrame) -> pl.DataFrame:
    """The lines with the code of the last row of 表3 replaced by that of the row above."""
    row = pl.col("statement_id") == "expenditure"
    codes = lines.filter(row & pl.col("code").is_not_null())["code"].to_list()
    first, second = codes[-2], codes[-1]
    return lines.with_columns(
        code=pl.when(row & (pl.col("code") == second)).then(pl.lit(first)).otherwise("code")
    )


def test_amounts_without_a_proof_are_never_released(staged: Extract, document: Document) -> None:
    found = amounts(staged, document)
    proofs = found.select("amount_id", proof=pl.lit("proved"))
    assert books.with_proofs(found, proofs).height == found.height
    some = proofs.sample(n=proofs.height - 3, seed=1)
    with pytest.raises(facts.LedgerError, match="3 amounts"):
        books.with_proofs(found, some)


def test_a_shuffled_folder_is_the_same_folder(tmp_path: Path) -> None:
    """The order in which a file system lists files decides nothing."""
    from pipeline.documents.intake import take_in

    names = [f"{n}.txt" for n in range(8)]
    orders = [random.Random(seed).sample(names, len(names)) for seed in (1, 2)]
    found = []
    for number, order in enumerate(orders):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in order:
            (folder / name).write_text(f"a\tb\tc\n{int(name[0]) // 2}", encoding="utf-8")
        intake = take_in(folder)
        documents = [(d.source_name, d.document_id) for d in intake.documents]
        found.append((documents, [(q.source_name, q.quarantine_id) for q in intake.quarantine]))
    assert found[0] == found[1]
    assert len(found[0][0]) == len(found[0][1]) == 4
