"""Heat loads read from tables and flows."""

from __future__ import annotations

import numpy as np
import pytest

from circularpark.account.book import Book
from circularpark.account.heat_carriers import carrier_shapes, carrier_table
from circularpark.account.heat_loads import heat_loads, net_heat, weights_of
from circularpark.account.heat_means import parts_of
from circularpark.account.levels import levels_of, site_target
from circularpark.account.matches import matches
from circularpark.account.targets import targets
from tests.account.heat_toy import heat_book, heat_flows, heat_tables, line_table
from tests.account.toy import Toy, quantity


def amounts(book, *parts, asked=True):
    loads = heat_loads(book, asked=asked).of_part(*parts)
    return dict(zip(loads.index["item"], loads.rate[:, 0], strict=True))


def test_rates_are_in_megawatts_whatever_the_unit():
    assert amounts(heat_book(), "process") == pytest.approx(
        {"flue_gas": 10, "vapour": 2, "greenhouse": 6, "machine": 4}
    )


def test_a_plan_counts_what_it_takes():
    assert amounts(heat_book(), "process", asked=False)["vapour"] == 0


def test_production_means_and_coolers_are_told_apart():
    book = heat_book()
    kinds = dict(zip(book.text("processes", "id"), parts_of(book), strict=True))
    # What the boiler lets go up the stack is no product of it.
    assert kinds == {"boiler": "means", "machine": "process", "tower": "cooler"}


def test_a_carrier_is_a_cold_load_where_it_is_raised_and_a_hot_one_where_it_is_used():
    loads = heat_loads(heat_book(steam=3.0)).of_part("carrier")
    found = {
        (site, bool(hot)): (rate, upper)
        for site, hot, rate, upper in zip(
            loads.index["site"], loads.hot, loads.rate[:, 0], loads.upper, strict=True
        )
    }
    assert found == {("mill", False): (3.0, 135.0), ("farm", True): (3.0, 125.0)}


def test_targets_of_the_toy_park():
    book = heat_book()
    loads = heat_loads(book).of_part("process")
    frame = targets(loads, weights_of(book)).set_index("site")
    assert frame.loc["mill", ["heating", "cooling"]].tolist() == pytest.approx([0, 8])
    assert frame.loc["farm", ["heating", "cooling"]].tolist() == pytest.approx([6, 0])
    assert frame.loc["", ["heating", "cooling"]].tolist() == pytest.approx([0, 2])


def test_the_steam_level_brings_what_is_hot_enough():
    book = heat_book()
    zones = [own for _, own in heat_loads(book).of_part("process").cascades()]
    found = site_target(zones, levels_of(carrier_table(book, 0)), weights_of(book))
    # Above 135 degC shifted the gas gives 6 of its 10 MW: just what the greenhouse wants.
    assert found.heating[0] == pytest.approx(0)
    assert found.carriers.loc[0, ["could_raise", "could_use"]].tolist() == pytest.approx([6, 6])


def test_the_shape_of_wet_steam_and_its_condensate():
    book = heat_book()
    shape = carrier_shapes(book, 0)
    assert shape[["carrier", "row", "upper", "lower", "share"]].to_numpy().tolist() == [
        ["steam", "latent", 130.0, 130.0, 1.0]
    ]


def test_the_net_heat_of_each_process():
    assert net_heat(heat_book())[:, 0] == pytest.approx([6, -4, 0])


def test_weights_are_the_hours_of_the_year():
    assert weights_of(heat_book()) == pytest.approx(np.array([8000.0]))


def test_a_direct_line_takes_heat_here_and_brings_it_there():
    park = Toy(heat_tables(), links=line_table())
    keys = ("link", "interval")
    moved = {("hose", "195..135"): 3.6, ("hose", "135..95"): 7.2}
    flows = heat_flows() | {"direct_flow": quantity(keys, "period", moved)}
    book = Book(park, park.time, park.links_of, flows)  # type: ignore[arg-type]
    loads = heat_loads(book).of_part("direct")
    rows = [
        (site, bool(hot), upper, lower, round(rate, 9))
        for site, hot, upper, lower, rate in zip(
            loads.index["site"], loads.hot, loads.upper, loads.lower, loads.rate[:, 0], strict=True
        )
    ]
    # A tenth is lost on the way; the heat is counted in GJ and told in MW.
    assert rows == [
        ("mill", False, 195, 135, 1.0), ("mill", False, 135, 95, 2.0),
        ("farm", True, 195, 135, 0.9), ("farm", True, 135, 95, 1.8),
    ]  # fmt: skip
    found = matches(heat_loads(book, asked=False).of_part("process", "direct"), weights_of(book))
    assert found[found["sink"] == "hose"]["mean"].sum() == pytest.approx(3.0)
    assert set(found[found["source"] == "hose"]["sink"]) <= {"greenhouse", ""}
