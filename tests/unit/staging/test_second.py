"""Second readings: which figure a cell speaks of, what counts as a reading, and what is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from assets.resources import workspace_of
from pipeline import closing, reading, steps
from pipeline.documents.document import Document
from pipeline.documents.intake import take_in
from pipeline.readers.second.lattice import SecondCell
from pipeline.readers.shapes import Box
from pipeline.settings import SECOND_READER, Settings
from pipeline.staging import second, store
from pipeline.staging.extract import extract
from pipeline.staging.tables import SCHEMAS
from tests.builds import published_pdf, settings
from tests.facsimile.budget import replace_figure
from tests.facsimile.synthetic import synthetic_budget

FIGURE = Box(100, 100, 160, 115)
NEXT = Box(160, 100, 220, 115)


def figures(*boxes: Box) -> pl.DataFrame:
    """Staged cells of the first reading in these boxes, a row each."""
    rows = [
        {
            "document_id": "d",
            "statement_id": "revenue",
            "line_no": number,
            "measure_id": "total",
            "page": 1,
            **{edge: Decimal(str(getattr(box, edge))) for edge in ("x0", "y0", "x1", "y1")},
        }
        for number, box in enumerate(boxes, start=1)
    ]
    return pl.DataFrame(rows, schema=SCHEMAS["cells"], orient="row")


def seen(*cells: SecondCell, of: tuple[Box, ...] = (FIGURE,)) -> dict[int, str]:
    """The second text of each figure, by its row."""
    found = second.readings(figures(*of), cells)
    return dict(found.select("line_no", "second_text").iter_rows())


def cell(whole: str, cut: str | None = None, box: Box = FIGURE, page: int = 1) -> SecondCell:
    """What the second reader saw; `cut` as `whole` unless given."""
    return SecondCell(page, box, whole, whole if cut is None else cut)


def test_one_number_in_the_place_of_a_figure_is_a_second_reading() -> None:
    assert seen(cell("1,504.31")) == {1: "1,504.31"}
    near = Box(FIGURE.x0 - 2, FIGURE.y0 + 1, FIGURE.x1 + 1, FIGURE.y1 + 1)
    assert seen(cell("△1.00", box=near)) == {1: "△1.00"}


@pytest.mark.parametrize(
    "text", ["100.50 0.00", "5642.24 一、一般公共服务支出", "12\n34", "──", "-5E-17", "1.504", ""]
)
def test_anything_but_one_printed_number_is_no_second_reading(text: str) -> None:
    assert seen(cell(text)) == {}


def test_a_figure_that_runs_over_a_rule_is_read_whole() -> None:
    found = seen(cell("1,504.31", "1,504.3"), cell("", "1", NEXT), of=(FIGURE, NEXT))
    assert found == {1: "1,504.31", 2: "1"}


def test_neighbours_jammed_into_one_place_are_told_apart_by_the_lines_that_are_cut() -> None:
    found = seen(cell("12.00 7.50", "12.00"), cell("", "7.50", NEXT), of=(FIGURE, NEXT))
    assert found == {1: "12.00", 2: "7.50"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,504.31\n1,504.31", {1: "1,504.31"}),
        ("5\n5", {1: "5"}),
        ("1,504.\n31", {1: "1,504.31"}),
        ("55", {}),
        ("1100", {}),
        ("5", {1: "5"}),
        ("0.00", {1: "0.00"}),
    ],
)
def test_print_drawn_twice_is_one_number_and_doubled_characters_are_none(
    text: str, found: dict[int, str]
) -> None:
    assert seen(cell(text)) == found


@pytest.mark.parametrize(
    "box",
    [
        Box(100, 100, 220, 115),  # two figures wide: its number may be the neighbour's
        Box(100, 85, 160, 115),  # two rows high
        NEXT,
        Box(100, 100, 100, 115),  # of no width
    ],
)
def test_a_cell_that_does_not_lie_in_a_figure_says_nothing_of_it(box: Box) -> None:
    assert seen(cell("1.00", box=box)) == {}


def test_a_cell_of_another_page_says_nothing() -> None:
    assert seen(cell("1.00", page=2)) == {}


def test_the_places_of_a_merged_cell_are_one_reading_where_one_holds_text() -> None:
    left, right = Box(100, 100, 130, 115), Box(130, 100, 160, 115)
    assert seen(cell("1.00", box=left)) == {1: "1.00"}
    assert seen(cell("1.00", box=left), cell("2.00", box=right)) == {}


def test_a_cell_that_two_figures_claim_says_nothing_of_either() -> None:
    assert seen(cell("1.00"), of=(FIGURE, FIGURE)) == {}


# --- on disk ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raw folder with one good budget and one where identities break, as PDFs."""
    folder = tmp_path_factory.mktemp("printed")
    wrong = replace_figure(synthetic_budget(2, n_projects=2), 3, "合计", 2, "98765.43")
    (folder / "good.pdf").write_bytes(published_pdf(synthetic_budget(1, n_projects=2)))
    (folder / "wrong.pdf").write_bytes(published_pdf(wrong))
    return folder


@pytest.fixture(scope="module")
def documents(printed: Path) -> dict[str, Document]:
    return {document.source_name: document for document in take_in(printed).documents}


@pytest.fixture(scope="module")
def staged(
    tmp_path_factory: pytest.TempPathFactory, documents: dict[str, Document]
) -> tuple[Path, Document]:
    """A staging folder with both readings of the good budget."""
    staging, document = tmp_path_factory.mktemp("staging"), documents["good.pdf"]
    store.write(staging, document.document_id, extract(document))
    second.stage_document(staging, document)
    return staging, document


def test_both_readers_see_every_figure_of_a_printed_budget_alike(
    staged: tuple[Path, Document],
) -> None:
    staging, document = staged
    cells = store.read(staging, document.document_id).cells
    found = second.read(staging, [document.document_id])
    assert found.height == cells.height > 200
    both = cells.join(found, on=["document_id", *second.FIGURE], nulls_equal=True)
    assert both.height == cells.height
    assert both.filter(pl.col("printed_text") != pl.col("second_text")).is_empty()


def test_what_is_kept_is_whole_and_goes_when_the_first_reading_is_made_again(
    staged: tuple[Path, Document], tmp_path: Path
) -> None:
    key = staged[1].document_id
    store.write(tmp_path, key, store.read(*(staged[0], key)))
    assert not second.is_sound(tmp_path, key)
    second.write(tmp_path, key, second.read(staged[0], [key]))
    assert second.is_sound(tmp_path, key)
    assert store.is_sound(tmp_path, key)
    assert second.read(tmp_path, [key]).equals(second.read(staged[0], [key]))
    store.write(tmp_path, key, store.read(tmp_path, key))
    assert not second.is_sound(tmp_path, key)


@pytest.mark.parametrize("harm", ["cut", "unsigned", "gone"])
def test_a_damaged_second_reading_is_not_sound(
    staged: tuple[Path, Document], tmp_path: Path, harm: str
) -> None:
    key = staged[1].document_id
    store.write(tmp_path, key, store.read(staged[0], key))
    second.write(tmp_path, key, second.read(staged[0], [key]))
    path = second.path(tmp_path, key)
    harms: dict[str, Callable[[], object]] = {
        "cut": lambda: path.write_bytes(path.read_bytes()[:-9]),
        "unsigned": path.with_suffix(".sha256").unlink,
        "gone": path.unlink,
    }
    harms[harm]()
    assert not second.is_sound(tmp_path, key)


@pytest.mark.parametrize("harm", ["twice", "foreign", "column"])
def test_what_a_worker_left_is_not_taken_on_trust(
    staged: tuple[Path, Document], tmp_path: Path, harm: str
) -> None:
    key = staged[1].document_id
    frame = second.read(staged[0], [key])
    harms = {
        "twice": pl.concat([frame, frame.head(1)]),
        "foreign": frame.with_columns(document_id=pl.lit("another")),
        "column": frame.rename({"second_text": "text"}),
    }
    store.write(tmp_path, key, store.read(staged[0], key))
    second.write(tmp_path, key, harms[harm])
    assert not second.is_sound(tmp_path, key)


# --- in a build ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def entered(printed: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Both budgets read and entered."""
    chosen = settings(printed, tmp_path_factory.mktemp("build"))
    steps.take_in(chosen)
    steps.stage(chosen)
    steps.enter(chosen)
    return chosen


def again(chosen: Settings, choice: str) -> tuple[reading.ReadAgain, pl.DataFrame]:
    """What the second reader did under a choice, and fact_amount."""
    amounts = steps.prove(replace(chosen, second_reader=choice))["fact_amount"]
    found: reading.ReadAgain = steps.saved(chosen, "read_again")
    return found, amounts


def read_twice(amounts: pl.DataFrame) -> set[str]:
    """Documents with a second text."""
    return set(amounts.filter(pl.col("second_text").is_not_null())["document_id"])


def test_the_setting_says_which_documents_are_read_again_and_each_is_read_once(
    entered: Settings, documents: dict[str, Document]
) -> None:
    keys = {name: document.document_id for name, document in documents.items()}
    none, amounts = again(entered, "none")
    assert (none.documents, read_twice(amounts)) == (0, set())
    failed, amounts = again(entered, "failed")
    open_ones = set(amounts.filter(pl.col("proof") != "proved").get_column("document_id"))
    assert (failed.documents, failed.now) == (len(open_ones), len(open_ones))
    assert keys["wrong.pdf"] in read_twice(amounts) == open_ones
    every, amounts = again(entered, "all")
    assert (every.documents, every.now) == (2, 2 - len(open_ones))
    assert read_twice(amounts) == set(keys.values())
    assert every.tally.differ == every.tally.silent == 0
    assert every.tally.agree == amounts.height
    assert every.failed == ()


def test_a_second_reader_that_fails_costs_the_second_reading_and_nothing_else(
    entered: Settings, printed: Path, tmp_path: Path
) -> None:
    """The file is there for the first reader and damaged when the second one opens it."""
    _, before = again(entered, "none")
    for document in take_in(printed).documents:
        second.path(entered.staging, document.document_id).unlink(missing_ok=True)
    intake = steps.saved(entered, "intake")
    content = (printed / "wrong.pdf").read_bytes()[:3000]
    (tmp_path / "torn.pdf").write_bytes(content)
    damage = {"path": tmp_path / "torn.pdf", "sha256": hashlib.sha256(content).hexdigest()}
    torn = [replace(d, **damage) if d.source_name == "wrong.pdf" else d for d in intake.documents]
    steps.save(entered, "intake", replace(intake, documents=tuple(torn)))
    found, after = again(entered, "all")
    steps.save(entered, "intake", intake)
    assert [entry.source_name for entry in found.failed] == ["wrong.pdf"]
    assert [entry.reason for entry in found.failed] == ["reader_failed"]
    assert found.documents == 1
    assert "wrong.pdf: no second reading, " in closing.doubts(entered).plain
    assert closing.read_again(found).startswith("1 documents (1 now): ")
    assert after.select("amount_id", "amount_yuan", "proof").equals(
        before.select("amount_id", "amount_yuan", "proof")
    )
    assert after.filter(document_id=torn[1].document_id)["second_text"].count() == 0


def test_a_choice_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"sometimes.*failed, all, none"):
        Settings(second_reader="sometimes")


@pytest.mark.parametrize("choice", SECOND_READER)
def test_the_nightly_run_takes_the_same_setting(choice: str) -> None:
    assert workspace_of(Settings(second_reader=choice)).settings().second_reader == choice
