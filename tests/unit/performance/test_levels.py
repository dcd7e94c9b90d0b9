"""Levels restored: carried down, shared by the horizons, taken back where rows belong together."""

from __future__ import annotations

from pipeline.performance.levels import Labelled, restored


def row(
    name: str | None, other: str | None, level2: str | None = None, level1: str | None = None
) -> Labelled:
    return Labelled(level1, (level2, level2), (name, other))


def second(rows: list[Labelled]) -> list[str | None]:
    return [level2 for _, level2 in restored(rows)]


def test_a_label_holds_until_the_next() -> None:
    rows = [row("a", "a", "数量指标", "产出指标"), row("b", "b"), row("c", "c", "质量指标")]
    assert second(rows) == ["数量指标", "数量指标", "质量指标"]


def test_a_label_printed_for_one_horizon_is_that_of_both() -> None:
    rows = [
        Labelled("产出指标", ("数量指标", None), ("a", "a")),
        Labelled(None, (None, "质量指标"), ("b", "b")),
    ]
    assert second(rows) == ["数量指标", "质量指标"]


def test_rows_that_the_horizons_print_in_another_order_stand_under_one_label() -> None:
    """The label printed among them is that of the rows below."""
    rows = [
        row("a", "c", "时效指标", "产出指标"),
        row("b", "b"),
        row("c", "a", "成本指标"),
        row("d", "d"),
        row("e", "e", "社会效益", "效益指标"),
    ]
    assert second(rows) == ["时效指标", "时效指标", "时效指标", "成本指标", "社会效益"]


def test_a_label_inside_such_rows_is_theirs_where_none_stands_above() -> None:
    rows = [row("x", "x", "经济效益"), row("a", "b"), row("b", "a", "社会效益")]
    assert second(rows) == ["经济效益", "社会效益", "社会效益"]


def test_of_two_labels_on_a_row_the_later_one_waits() -> None:
    rows = [
        row("a", "a", "数量指标"),
        Labelled(None, (None, "质量指标"), ("b", "b")),
        Labelled(None, ("质量指标", "时效指标"), ("c", "c")),
        row("d", "d"),
        row("e", "e", "成本指标"),
    ]
    assert second(rows) == ["数量指标", "质量指标", "质量指标", "时效指标", "成本指标"]


def test_a_level_without_indicators_takes_none_from_the_next() -> None:
    rows = [row(None, None, "经济效益", "效益指标"), row("a", "a", "社会效益")]
    assert restored(rows)[1] == ("效益指标", "社会效益")


def test_the_first_level_is_that_of_the_second_where_it_is_displaced() -> None:
    rows = [row("a", "a", "数量指标", "产出指标"), row("b", "b", "成本指标", "效益指标")]
    assert [level1 for level1, _ in restored(rows)] == ["产出指标", "产出指标"]
