"""Zones as single nodes: who is in them, what flows between them, and what they are called."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from tests.show.scenes import LAT, LON, flow_rows, large_scene, site_rows, small_scene
from tests.show.test_periods import years

from circularpark.show import Scene, draw_flow_map, flow_map
from circularpark.show.plan_periods import steps_of
from circularpark.show.scene import Periods
from circularpark.show.static_map import static_map


def zoned() -> Scene:
    """Four sites in two zones, one site alone; steam from west to east twice, and within west."""
    sites = pd.DataFrame(
        {
            "id": list("abcde"),
            "name_zh": ["甲", "乙", "丙", "丁", "戊"],
            "name_en": ["A", "B", "C", "D", "E"],
            "zone": ["west", "west", "east", "east", ""],
            "zone_zh": ["", "西区", "东区", "", ""],
            "zone_en": ["", "", "East side", "", ""],
            "lon": [LON, LON + 0.002, LON + 0.03, LON + 0.032, LON + 0.015],
            "lat": [LAT, LAT, LAT, LAT, LAT + 0.01],
        }
    )
    rows = [("a", "c", 10.0), ("b", "d", 30.0), ("a", "b", 7.0), ("e", "c", 5.0)]
    flows = pd.DataFrame(rows, columns=["from", "to", "amount"]).assign(
        id=list("1234"), commodity="steam", name_zh="蒸汽", name_en="Steam", unit="t", kind="heat"
    )
    return Scene(park={"zh": "园", "en": "Park"}, sites=sites, flows=flows)


def test_flows_between_two_zones_are_one_flow_and_those_within_are_none():
    zones = flow_map(zoned(), "en").zones
    told = zones.flows[["source_name", "target_name", "base"]].to_numpy().tolist()
    assert told == [["西区", "East side", 40.0], ["E", "East side", 5.0]]


@pytest.mark.parametrize(("lang", "names"), [("zh", ["西区", "东区", "戊"]),
                                             ("en", ["西区", "East side", "E"])])  # fmt: skip
def test_a_zone_is_called_as_any_of_its_rows_says(lang, names):
    """In English west has its Chinese name only: a name of another language beats an id."""
    assert flow_map(zoned(), lang).zones.names == names


def test_a_zone_without_names_is_called_by_its_own_word():
    scene = zoned()
    bare = dataclasses.replace(scene, sites=scene.sites.drop(columns=["zone_zh", "zone_en"]))
    assert flow_map(bare, "en").zones.names == ["west", "east", "E"]


def test_zones_are_drawn_on_the_scale_of_the_sites():
    drawn = flow_map(zoned(), "en")
    site, zone = drawn.flows.iloc[0], drawn.zones.flows.iloc[0]
    assert zone["width"] / site["width"] == pytest.approx(40 / 30)


def test_zones_flow_in_every_year_what_their_sites_do():
    """40 t/h from west to east are 10 and 30; in the second year the 30 have stopped."""
    steps = steps_of(years(2025, 2030), 24)[0]
    amounts = np.array([[10.0, 12.0], [30.0, 0.0], [7.0, 7.0], [5.0, 5.0]])
    drawn = flow_map(dataclasses.replace(zoned(), periods=Periods(steps, amounts)), "en")
    assert drawn.zones.rates.tolist() == [[40.0, 12.0], [5.0, 5.0]]


def test_a_hover_tells_the_sites_of_a_zone():
    drawn = flow_map(zoned(), "en")
    text = drawn.figure["data"][drawn.index["zones"]["sites"][1]["t"]]["text"]
    assert "Sites in it: <br>  C<br>  D" in text


def test_zones_wait_unseen_until_they_are_asked_for():
    drawn = flow_map(zoned(), "en")
    zones = drawn.index["zones"]
    assert not any(drawn.figure["data"][one["t"]]["visible"] for one in zones["sites"])
    assert not any(drawn.figure["data"][one["t"]]["visible"] for one in zones["flows"])
    assert zones["of"] == [0, 0, 1, 1, 2]
    assert not zones["first"]


@pytest.mark.parametrize(("lang", "told"), [("zh", "丙，丁"), ("en", "C, D")])
def test_the_table_says_who_is_in_a_zone(lang, told):
    page = draw_flow_map(zoned(), lang)
    assert f"<td>{told}</td>" in page
    assert 'id="zone-sites"' not in draw_flow_map(small_scene(), lang)


def crowded() -> Scene:
    """70 sites in seven zones."""
    sites = site_rows(70, 5)
    zones = [f"Quarter {row % 7 + 1}" for row in range(70)]
    flows = flow_rows(sites, 120, 6)
    return Scene(park={"en": "Park"}, sites=sites.assign(zone=zones), flows=flows)


@pytest.mark.parametrize("difference", [False, True])
def test_a_picture_of_very_many_sites_shows_their_zones(difference):
    drawn = flow_map(crowded(), "en")
    assert drawn.index["zones"]["first"]
    svg = static_map(crowded(), "en", difference=difference).svg
    assert all(f">Quarter {row}<" in svg for row in range(1, 8))
    assert svg.count(">10 sites<") == 7
    assert not any(f">{name}<" in svg for name in drawn.sites["name"])
    assert ">Quarter 1<" not in static_map(zoned(), "en").svg


@pytest.mark.parametrize("make", [small_scene, large_scene])
def test_a_park_without_zones_has_none(make):
    drawn = flow_map(make(), "en")
    assert drawn.zones is None
    assert drawn.index["zones"] is None


def test_one_zone_for_all_sites_is_not_worth_a_map():
    scene = zoned()
    alike = dataclasses.replace(scene, sites=scene.sites.assign(zone="west"))
    assert flow_map(alike, "en").zones is None
