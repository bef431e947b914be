"""A table that is changed in Python after reading is solved as changed, however it was changed."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

import circularpark


def by_name(markets: pd.DataFrame) -> None:
    markets["price"] = markets["price"] * 2


def by_rows(markets: pd.DataFrame) -> None:
    markets.loc[:, "price"] *= 2


def by_place(markets: pd.DataFrame) -> None:
    markets.iloc[:, list(markets.columns).index("price")] *= 2


def by_cell(markets: pd.DataFrame) -> None:
    for row in markets.index:
        markets.at[row, "price"] *= 2


@pytest.mark.parametrize("doubled", [by_name, by_rows, by_place, by_cell])
def test_doubled_prices_are_what_is_solved(doubled: Callable[[pd.DataFrame], None]) -> None:
    park = circularpark.read_park("toy")
    before = circularpark.solve(circularpark.read_park("toy")).account.whole("cost")
    doubled(park.tables.markets)
    assert circularpark.solve(park).account.whole("cost") > 1.5 * before
