"""Staged results: whole or not at all, read back as written, staged again where damaged."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from pipeline import steps
from pipeline.documents.document import Document, Refusal
from pipeline.staging import readings, store
from pipeline.staging.extract import extract
from pipeline.staging.tables import SCHEMAS, Extract, concat, framed, names, refused
from tests.builds import Built
from tests.facsimile.synthetic import synthetic_budget
from tests.facsimile.tab_grid import write_text

KEY = "0123456789abcdef"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    """What one disclosure gives."""
    path = tmp_path_factory.mktemp("one") / "one.txt"
    write_text(synthetic_budget(1, n_projects=2), path)
    return extract(Document(KEY, "one.txt", path, KEY * 4, path.stat().st_size, "text/plain"))


def equal(left: Extract, right: Extract) -> bool:
    """Whether two results hold the same rows."""
    return all(getattr(left, name).equals(getattr(right, name)) for name in names())


def test_a_result_is_read_back_as_it_was_written(tmp_path: Path, result: Extract) -> None:
    assert not store.is_sound(tmp_path, KEY)
    store.write(tmp_path, KEY, result)
    assert store.is_sound(tmp_path, KEY)
    assert equal(store.read(tmp_path, KEY), result)
    assert result.cells.height > 100
    assert [path.name for path in store.folder(tmp_path, KEY).parent.iterdir()] == [KEY]


def test_a_write_that_is_cut_off_leaves_nothing_that_passes_for_a_result(
    tmp_path: Path, result: Extract, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = pl.DataFrame.write_parquet
    written: list[pl.DataFrame] = []

    def full_disk(frame: pl.DataFrame, *arguments: object, **choices: object) -> None:
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        written.append(frame)
        write(frame, *arguments, **choices)  # type: ignore[arg-type]

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full_disk)
    with pytest.raises(OSError, match="No space left"):
        store.write(tmp_path, KEY, result)
    assert not store.is_sound(tmp_path, KEY)
    monkeypatch.undo()
    store.write(tmp_path, KEY, result)
    assert equal(store.read(tmp_path, KEY), result)


def test_a_result_written_again_replaces_the_old_one(tmp_path: Path, result: Extract) -> None:
    store.write(tmp_path, KEY, result)
    store.write(tmp_path, KEY, framed())
    assert equal(store.read(tmp_path, KEY), framed())


def test_a_refusal_is_kept_as_if_a_worker_had_staged_it(tmp_path: Path) -> None:
    """The next build reads it from here: both must give the same quarantine entry."""
    document = Document(KEY, "one.pdf", tmp_path / "one.pdf", KEY * 4, 1, "application/pdf")
    refusal = Refusal("readers", "reader_failed", "电话0300-0123456 in it")
    store.write_refusal(tmp_path, document, refusal)
    assert store.is_sound(tmp_path, KEY)
    assert equal(store.read(tmp_path, KEY), refused(document, refusal))


def files_of(place: Path) -> dict[str, bytes]:
    """The files of a result."""
    return {path.name: path.read_bytes() for path in place.iterdir()}


def test_a_result_is_put_in_its_place_with_whatever_lies_beside_its_tables(
    tmp_path: Path, result: Extract
) -> None:
    store.write(tmp_path / "a", KEY, result)
    files = files_of(store.folder(tmp_path / "a", KEY)) | {"second.parquet": b"more"}
    store.place(tmp_path / "b", KEY, files)
    assert files_of(store.folder(tmp_path / "b", KEY)) == files
    assert equal(store.read(tmp_path / "b", KEY), result)


@pytest.mark.parametrize("missing", ["cells.parquet", store.CHECKSUMS])
def test_what_is_no_result_leaves_the_one_that_is_there(
    tmp_path: Path, result: Extract, missing: str
) -> None:
    store.write(tmp_path, KEY, result)
    place = store.folder(tmp_path, KEY)
    files = files_of(place)
    with pytest.raises(store.NotWhole, match="not whole"):
        store.place(tmp_path, KEY, {n: data for n, data in files.items() if n != missing})
    with pytest.raises(store.NotWhole, match="of another document"):
        store.place(tmp_path, "f" * 16, files)
    assert files_of(place) == files
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def cut_in_half(path: Path) -> None:
    """What a full disk leaves."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path) -> None:
    """What a crash of the machine leaves."""
    path.write_bytes(b"")


def removed(path: Path) -> None:
    """What a tidy hand leaves."""
    path.unlink()


def overwritten(path: Path) -> None:
    """Noise of the same length."""
    path.write_bytes(random.Random(3).randbytes(path.stat().st_size))


def of_other_columns(path: Path) -> None:
    """A sound Parquet file of something else."""
    pl.DataFrame({"a": [1]}).write_parquet(path)


DAMAGES: list[Callable[[Path], None]] = [cut_in_half, emptied, removed, overwritten]


@pytest.mark.parametrize("damage", [*DAMAGES, of_other_columns], ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", names())
def test_a_damaged_file_of_a_result_is_noticed_and_can_be_written_anew(
    tmp_path: Path, result: Extract, name: str, damage: Callable[[Path], None]
) -> None:
    store.write(tmp_path, KEY, result)
    damage(store.folder(tmp_path, KEY) / f"{name}.parquet")
    assert not store.is_sound(tmp_path, KEY)
    store.write(tmp_path, KEY, result)
    assert equal(store.read(tmp_path, KEY), result)


def test_no_flipped_bit_goes_unseen(tmp_path: Path, result: Extract) -> None:
    """Parquet has no checksum of its own, and Polars panics on some damaged files."""
    store.write(tmp_path, KEY, result)
    chance = random.Random(11)
    for path in sorted(store.folder(tmp_path, KEY).iterdir()):
        whole = path.read_bytes()
        for _ in range(20):
            flipped = bytearray(whole)
            flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(flipped))
            assert not store.is_sound(tmp_path, KEY)
        path.write_bytes(whole)
    assert store.is_sound(tmp_path, KEY)


def test_results_of_many_documents_are_joined_in_order(result: Extract) -> None:
    joined = concat([result, framed(), result])
    assert joined.cells.height == 2 * result.cells.height
    assert all(dict(getattr(joined, name).schema) == SCHEMAS[name] for name in names())
    assert equal(concat([]), framed())


def test_results_of_other_code_are_pruned_and_those_of_this_code_kept(
    tmp_path: Path, result: Extract
) -> None:
    store.write(tmp_path, KEY, result)
    (tmp_path / "aaaaaaaaaaaa" / "01" / KEY).mkdir(parents=True)
    place = readings.place(KEY, "pdf")
    readings.keep(tmp_path, place, b"sealed")
    stale = tmp_path / readings.FOLDER / "bbbbbbbbbbbb" / "01" / KEY
    readings.keep(tmp_path, stale.relative_to(tmp_path), b"sealed")
    store.prune(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {store.stage_version(), readings.FOLDER}
    assert store.is_sound(tmp_path, KEY)
    assert (tmp_path / place).is_file()
    assert not stale.exists()


def test_a_folder_that_no_build_made_is_not_pruned(tmp_path: Path) -> None:
    own = tmp_path / "my own work" / "thesis.txt"
    own.parent.mkdir()
    own.write_text("years of it")
    store.prune(tmp_path)
    assert own.exists()


def test_only_what_is_missing_or_damaged_is_read_again(copied: Built) -> None:
    settings = copied.settings
    steps.take_in(settings)
    assert (steps.stage(settings).read, steps.stage(settings).reused) == (0, 4)
    damaged = min(path.parent for path in settings.staging.rglob(store.CHECKSUMS))
    cut_in_half(damaged / "cells.parquet")
    again = steps.stage(settings)
    assert (again.read, again.reused, again.refused) == (1, 3, ())
    assert equal(
        store.read(settings.staging, damaged.name),
        store.read(copied_from(copied), damaged.name),
    )


def copied_from(copied: Built) -> Path:
    """The staging folder of the build that was copied."""
    assert copied.published is not None
    return copied.published.path.parents[1] / "staging"
