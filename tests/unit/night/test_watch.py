"""The watch: new files are seen, once they have stopped growing, and each state once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.night import watch
from pipeline.night.watch import Cursor, look


def nights(*states: str, done: str = "") -> list[str]:
    """The keys of the nights that looks at these states in turn ask for."""
    cursor, keys = Cursor(), []
    for state in states:
        found = look(state, done, cursor)
        cursor = Cursor.from_text(found.cursor.to_text())
        keys += [cursor.key] if found.asks else []
    return keys


def test_one_state_is_one_night_and_only_once_it_stands_still() -> None:
    assert nights("a") == []
    assert nights("a", "a", "a", "a") == ["1-a"]
    assert nights("a", "b", "c", "c", "c") == ["1-c"]


def test_a_state_that_comes_back_is_a_night_of_its_own() -> None:
    keys = nights("a", "a", "b", "b", "a", "a", "b", "b")
    assert keys == ["1-a", "2-b", "3-a", "4-b"]
    assert len(set(keys)) == 4


def test_what_a_night_has_seen_asks_for_none() -> None:
    assert nights("a", "a", "a", done="a") == []


def test_a_tick_that_was_lost_asks_with_the_same_key() -> None:
    """Dagster runs one key once: a cursor that was not kept makes no second run."""
    first = look("a", "", Cursor(seen="a"))
    again = look("a", "", Cursor(seen="a"))
    assert first.cursor.key == again.cursor.key


@pytest.mark.parametrize("text", [None, "", "no JSON", "{}", "[1]", '{"nights": "x"}'])
def test_a_cursor_of_no_use_is_a_new_one(text: str | None) -> None:
    assert Cursor.from_text(text) == Cursor()


def test_names_sizes_and_times_count_and_hidden_files_do_not(tmp_path: Path) -> None:
    seen = [watch.fingerprint(tmp_path)]
    path = tmp_path / "sub" / "件.txt"
    path.parent.mkdir()
    path.write_text("1")
    os.utime(path, (1, 1))
    seen.append(watch.fingerprint(tmp_path))
    path.write_text("12")
    os.utime(path, (1, 1))
    seen.append(watch.fingerprint(tmp_path))
    os.utime(path, (2, 2))
    seen.append(watch.fingerprint(tmp_path))
    path.rename(tmp_path / "other.txt")
    seen.append(watch.fingerprint(tmp_path))
    assert len(set(seen)) == 5
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / ".acquisition").mkdir()
    (tmp_path / ".acquisition" / "memory.sqlite").write_text("x")
    (tmp_path / os.fsdecode(b"gb\xd4\xa4")).write_text("x")
    assert watch.fingerprint(tmp_path) != seen[-1]
    (tmp_path / os.fsdecode(b"gb\xd4\xa4")).unlink()
    assert watch.fingerprint(tmp_path) == seen[-1]
