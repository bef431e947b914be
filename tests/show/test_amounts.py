"""Flows made comparable."""

from __future__ import annotations

import pandas as pd
import pytest

from circularpark.show.amounts import FULL_WIDTH, compared, family_scales, merged, with_widths
from circularpark.show.numbers import money, nice, number, tonnes


def flows(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["from", "to", "commodity", "unit", "amount"])


def test_parallel_links_of_one_commodity_are_one_arrow():
    one = merged(flows(("a", "b", "ash", "t", 3.0), ("a", "b", "ash", "t", 4.0)))
    assert one["amount"].tolist() == [7.0]


def test_both_directions_stay_apart():
    assert len(merged(flows(("a", "b", "ash", "t", 3.0), ("b", "a", "ash", "t", 4.0)))) == 2


def test_width_is_linear_in_quantity_within_a_family():
    table = merged(
        flows(
            ("a", "b", "ash", "t", 10.0),
            ("b", "c", "h2", "kg", 2500.0),
            ("a", "c", "heat", "GJ", 90.0),
        )
    )
    wide = with_widths(table, family_scales(table, {})).set_index("commodity")["width"]
    assert wide.to_dict() == pytest.approx(
        {"ash": FULL_WIDTH, "h2": FULL_WIDTH / 4, "heat": FULL_WIDTH}
    )


def test_a_given_scale_is_kept_across_maps():
    table = merged(flows(("a", "b", "ash", "t", 10.0)))
    scales = family_scales(table, {"t/h": 40.0})
    assert scales == {"t/h": 40.0}
    assert with_widths(table, scales)["width"].tolist() == [FULL_WIDTH / 4]


def test_every_change_is_told():
    before = flows(
        ("a", "b", "w", "t", 10.0),
        ("a", "c", "w", "t", 10.0),
        ("a", "d", "w", "t", 10.0),
        ("a", "e", "w", "t", 9.0),
    )
    after = flows(
        ("a", "b", "w", "t", 10.0),
        ("a", "c", "w", "t", 12.0),
        ("a", "d", "w", "t", 7.0),
        ("a", "f", "w", "t", 5.0),
    )
    told = compared(after, before).set_index("to")["change"].to_dict()
    assert told == {"b": "same", "c": "more", "d": "less", "f": "new", "e": "gone"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "0"), (1234567.0, "1,234,567"), (12.345, "12.3"), (-0.5, "−0.5"), (float("nan"), "–")],
)
def test_numbers_read_well(value, expected):
    assert number(value) == expected


def test_each_language_counts_its_own_way():
    assert tonnes(123_400, "zh") == "12.3 万吨"
    assert tonnes(123_400, "en") == "123 kt"
    assert money(1.42e9, "CNY", "zh") == "14.2 亿元"
    assert money(1.42e9, "CNY", "en") == "CNY 1.42 billion"


@pytest.mark.parametrize(("value", "expected"), [(7.3, 5), (100, 100), (0.21, 0.2), (1999, 1000)])
def test_nice_numbers(value, expected):
    assert nice(value) == pytest.approx(expected)
