"""Candidate links: which there are, which links rows replace, and their numbers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.physics.fakes import ASH, PAIR, Row, corridor, fake_park, has, site

from circularpark.errors import ParkDataError
from circularpark.physics.candidates import link_factors, link_keys, links
from circularpark.physics.no_link import pruned_pairs

TRUCK = {"transports": [{}]}


def ids(**rows: Any) -> list[str]:
    return sorted(link_keys(fake_park(**rows))["id"])


def test_a_transport_joins_every_giver_with_every_other_taker() -> None:
    names = ["a", "b", "c"]
    rows = {
        "sites": [site(name, 118 + i / 100, 31.0) for i, name in enumerate(names)],
        "commodities": ASH,
        "streams": [has("a"), has("b")],
        "demands": [has("b"), has("c")],
    }
    assert ids(**rows, **TRUCK) == ["ash@a@b@truck", "ash@a@c@truck", "ash@b@c@truck"]
    assert ids(**rows) == []


def test_each_transport_of_a_commodity_is_a_candidate_of_its_own() -> None:
    transports = [{}, {"id": "belt"}, {"id": "pipe", "commodity": "water"}]
    assert ids(**PAIR, transports=transports) == ["ash@a@b@belt", "ash@a@b@truck"]


def test_the_number_of_candidates_is_givers_times_takers_without_the_diagonal() -> None:
    number = 60
    names = [f"s{i}" for i in range(number)]
    keys = link_keys(
        fake_park(
            sites=[site(name, 118 + i / 1000, 31.0) for i, name in enumerate(names)],
            commodities=ASH,
            streams=[has(name) for name in names[:40]],
            demands=[has(name) for name in names[20:]],
            **TRUCK,
        )
    )
    assert len(keys) == 40 * 40 - 20
    assert keys["id"].is_unique
    assert not (keys["from"] == keys["to"]).any()


@pytest.mark.parametrize(("max_km", "count"), [(np.nan, 1), (4.68, 1), (4.67, 0), (3.7, 0)])
def test_max_km_is_compared_with_the_length_that_counts(max_km: float, count: int) -> None:
    # The straight line is 3.6245 km, with its detour of 1.29 it is 4.6757 km.
    transports = [{"max_km": max_km, "detour": 1.29}]
    keys = link_keys(fake_park(**PAIR, transports=transports))
    assert len(keys) == count


def test_a_pair_exactly_at_max_km_is_within_it() -> None:
    km = link_keys(fake_park(**PAIR, **TRUCK))["km"][0]
    assert len(link_keys(fake_park(**PAIR, transports=[{"max_km": km}]))) == 1


@pytest.mark.parametrize(
    ("hazard", "permission", "count"),
    [
        ("", "", 1),
        ("toxic", "", 0),
        ("toxic", "flammable", 0),
        ("toxic", "flammable;toxic", 1),
        ("toxic;flammable", "toxic", 0),
    ],
)
def test_a_hazard_is_carried_only_with_permission(hazard: str, permission: str, count: int) -> None:
    rows = {**PAIR, "commodities": [{"id": "ash", "hazard": hazard}]}
    assert len(ids(**rows, transports=[{"permission": permission}])) == count


NO_LINK = pd.DataFrame(columns=["from", "to", "commodity", "transport"], dtype=object)


@pytest.mark.parametrize(
    ("codes", "licence", "count"),
    [
        ("HW06", "", 0),
        ("HW06", "HW08", 0),
        ("HW06", "HW08;HW06", 1),
        ("HW06;HW08", "HW06", 0),
        ("HW06;HW08", "*", 1),
        ("", "", 0),
        ("", "HW49", 1),
    ],
)
def test_hazardous_waste_goes_only_to_a_site_with_its_licence(
    codes: str, licence: str, count: int
) -> None:
    sites = [dict(row, licence=licence if row["id"] == "b" else "") for row in PAIR["sites"]]
    waste = {"id": "ash", "hazard": "hazardous_waste", "waste_code": codes}
    rows = {**PAIR, "sites": sites, "commodities": [waste]}
    assert len(ids(**rows, transports=[{"permission": "hazardous_waste"}])) == count
    park = fake_park(**rows, transports=[{"permission": "hazardous_waste"}])
    told = pruned_pairs(park.tables, NO_LINK)
    assert set(told["reason"]) == (set() if count else {"licence"})
    harmless = {**rows, "commodities": [{"id": "ash", "waste_code": codes}]}
    assert len(ids(**harmless, transports=[{}])) == 1


def test_a_bidirectional_transport_has_one_candidate_for_a_pair() -> None:
    both = {**PAIR, "streams": [has("b"), has("a")], "demands": [has("a"), has("b")]}
    assert ids(**both, transports=[{"bidirectional": True}]) == ["ash@a@b@truck"]
    assert ids(**both, **TRUCK) == ["ash@a@b@truck", "ash@b@a@truck"]
    back = {**PAIR, "streams": [has("b")], "demands": [has("a")]}
    assert ids(**back, transports=[{"bidirectional": True}]) == ["ash@b@a@truck"]


def test_a_links_row_replaces_only_its_own_candidate() -> None:
    both = {**PAIR, "streams": [has("b"), has("a")], "demands": [has("a"), has("b")]}
    row = {"id": "L1", "from": "b", "to": "a", "km": 7.0}
    assert ids(**both, **TRUCK, links=[row]) == ["L1", "ash@a@b@truck"]
    assert ids(**both, transports=[{"bidirectional": True}], links=[row]) == ["L1"]
    other = {**row, "transport": "belt"}
    assert len(ids(**both, **TRUCK, links=[other])) == 3


def test_a_given_km_takes_no_detour_and_a_blank_one_is_worked_out() -> None:
    rows = [
        {"id": "L1", "from": "a", "to": "b", "km": 7.0},
        {"id": "L2", "from": "a", "to": "b"},
        {"id": "L3", "from": "a", "to": "b", "detour": 1.0},
    ]
    keys = link_keys(fake_park(**PAIR, **TRUCK, links=rows)).set_index("id")
    assert keys["km"]["L1"] == 7.0
    assert keys["km"]["L2"] == pytest.approx(1.3 * keys["km"]["L3"], rel=1e-12)
    assert keys["row"].to_list() == [0, 1, 2]
    assert not keys["generated"].any()


def test_a_generated_link_is_an_unbounded_candidate() -> None:
    park = fake_park(**PAIR, transports=[{"loss_per_km": 0.01, "lifetime": 30.0}])
    link = links(park, park.tables, link_keys(park)).iloc[0]
    assert link["status"] == "candidate"
    assert (link["capacity"], link["floor"], link["capacity_max"]) == (0.0, 0.0, np.inf)
    assert (link["price"], link["lifetime"]) == (0.0, 30.0)
    assert link["loss"] == pytest.approx(0.01 * link["km"])
    assert np.isnan(link["built"])


def test_cells_of_a_links_row_win_one_by_one() -> None:
    row: Row = {"id": "L1", "from": "a", "to": "b", "km": 2.0, "capacity": 5.0, "price": 12.0}
    row |= {"capacity_max": 5.0, "floor": 0.0, "cost_per_km": 9.0, "bidirectional": True}
    truck = {"cost_per_km": 1.0, "capex_per_km": 3.0, "co2_per_km": 4.0}
    park = fake_park(**PAIR, transports=[truck], links=[row])
    link = links(park, park.tables, link_keys(park)).iloc[0]
    assert (link["cost_per_km"], link["capex_per_km"], link["co2_per_km"]) == (9.0, 3.0, 4.0)
    assert (link["capacity"], link["price"], link["status"]) == (5.0, 12.0, "existing")
    assert link["bidirectional"]
    assert not link["direct"]


def test_a_candidate_on_which_nothing_arrives_is_left_out() -> None:
    assert ids(**PAIR, transports=[{"loss_per_km": 0.25}]) == []
    assert ids(**PAIR, transports=[{"loss_per_km": 0.2}]) == ["ash@a@b@truck"]


def test_a_given_link_that_loses_more_than_all_is_a_problem_with_its_place() -> None:
    row = {"id": "L1", "from": "a", "to": "b", "km": 20.0, "loss_per_km": 0.06, "_row": 9}
    park = fake_park(**PAIR, **TRUCK, links=[row])
    with pytest.raises(ParkDataError) as raised:
        links(park, park.tables, link_keys(park))
    (finding,) = raised.value.findings
    assert (finding.file, finding.row, finding.column) == ("links.csv", 9, "loss_per_km")
    assert "less than nothing" in finding.message("en")
    assert "L1" in finding.message("zh")


def test_without_coordinates_a_given_link_needs_a_km_and_no_candidate_arises() -> None:
    unplaced = {**PAIR, "sites": [site("a", np.nan, np.nan), site("b", 118.0, 31.0)]}
    assert ids(**unplaced, **TRUCK) == []
    row = {"id": "L1", "from": "a", "to": "b", "km": 2.0, "_row": 4}
    assert ids(**unplaced, **TRUCK, links=[row]) == ["L1"]
    with pytest.raises(ParkDataError) as raised:
        ids(**unplaced, **TRUCK, links=[{**row, "km": np.nan}])
    (finding,) = raised.value.findings
    assert (finding.row, finding.column) == (4, "km")


def test_factors_of_a_transport_become_factors_of_its_links_unless_they_have_their_own() -> None:
    row = {"id": "L1", "from": "a", "to": "b", "km": 2.0}
    transports = [{}, {"id": "belt"}]
    factors = [
        {"table": "transports", "item": "truck", "measure": "nox", "value": 2.0},
        {"table": "transports", "item": "belt", "measure": "nox", "value": 1.0, "scope": 1.0},
        {"table": "transports", "item": "truck", "measure": "dust", "value": 5.0},
        {"table": "links", "item": "L1", "measure": "nox", "value": 9.0, "scope": 3.0},
    ]
    park = fake_park(**PAIR, transports=transports, links=[row], factors=factors)
    found = link_factors(links(park, park.tables, link_keys(park)), park.tables)
    assert set(found[["table", "item", "measure", "value", "scope"]].itertuples(index=False)) == {
        ("links", "ash@a@b@belt", "nox", 1.0, 1.0),
        ("links", "L1", "dust", 5.0, 3.0),
    }


def large_park() -> Any:
    """1,000 sites in 30 km x 30 km, 40 commodities, a grid of 50 corridors."""
    random = np.random.default_rng(1)
    names = [f"s{i}" for i in range(1000)]
    wares = [f"k{i}" for i in range(40)]
    lon, lat = 118 + random.uniform(0, 0.3, 1000), 31 + random.uniform(0, 0.3, 1000)
    grid = np.linspace(0, 0.3, 25)
    ways = [corridor((118 + g, 31.0), (118 + g, 31.3), cost_factor=1.5) for g in grid]
    ways += [corridor((118.0, 31 + g), (118.3, 31 + g)) for g in grid]
    return fake_park(
        sites=[site(*cells) for cells in zip(names, lon, lat, strict=True)],
        corridors=ways,
        commodities=[{"id": ware} for ware in wares],
        streams=[has(n, w) for n, w in zip(names, random.choice(wares, 1000), strict=True)],
        demands=[has(n, w) for n, w in zip(names, random.choice(wares, 1000), strict=True)],
        transports=[{"commodity": ware, "max_km": 60.0} for ware in wares],
    )


@pytest.mark.speed
def test_twenty_thousand_candidates_of_a_thousand_sites_are_ready_in_two_seconds() -> None:
    park = large_park()
    start = time.perf_counter()
    found = links(park, park.tables, link_keys(park))
    seconds = time.perf_counter() - start
    assert len(found) > 20_000
    assert seconds < 2.0, f"{len(found)} candidates took {seconds:.2f} s"
