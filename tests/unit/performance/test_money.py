"""Amounts in pieces: every reading, and the one that sources, total and table agree on."""

from __future__ import annotations

from decimal import Decimal

from pipeline.performance.money import agreed, printed, readings


def yuan(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, amounts))


def test_a_whole_number_says_one_thing() -> None:
    assert readings(["3,000,000"]) == yuan(3000000)


def test_a_number_cut_by_a_border_is_joined() -> None:
    assert readings(["7", "06,000"])[0] == 706000


def test_a_digit_seen_on_both_sides_of_a_border_counts_once() -> None:
    assert readings(["59", "98,800"])[0] == 598800


def test_what_begins_with_0_is_no_amount() -> None:
    assert printed("0,200,000") is None
    assert printed("0") == 0


def test_the_sum_of_the_sources_tells_the_reading() -> None:
    total, parts = agreed(yuan(706000, 76000), [yuan(0), yuan(146, 706000)])
    assert (total, parts) == (Decimal(706000), (Decimal(0), Decimal(706000)))


def test_the_table_of_projects_tells_the_reading_of_a_total() -> None:
    total, _ = agreed(yuan(4386400, 4886400), [], known=yuan(4886400))
    assert total == 4886400


def test_an_amount_that_nothing_confirms_is_null() -> None:
    assert agreed(yuan(4386400, 4886400), [yuan(1, 2)]) == (None, (None,))


def test_one_unreadable_source_is_what_the_others_leave() -> None:
    _, parts = agreed(yuan(10020000), [yuan(0), (), None])
    assert parts == (Decimal(0), Decimal(10020000), None)


def test_two_unreadable_sources_stay_null() -> None:
    _, parts = agreed(yuan(10020000), [(), ()])
    assert parts == (None, None)


def test_a_sum_that_does_not_hold_leaves_amounts_as_they_are_read() -> None:
    assert agreed(yuan(7258000), [yuan(0), yuan(1200000)]) == (
        Decimal(7258000),
        (Decimal(0), Decimal(1200000)),
    )
