"""Lengths: straight lines, corridors, and when which counts."""

from __future__ import annotations

from typing import Any

import networkx
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod
from tests.physics.fakes import PAIR, corridor, fake_park, site

from circularpark.physics.candidates import link_keys
from circularpark.physics.places import pairs_within, places
from circularpark.physics.routes import lengths, route_lines

EARTH = Geod(ellps="WGS84")
CORNER = (118.03, 31.00)
L_SHAPE = corridor((118.00, 31.00), CORNER, (118.03, 31.02))


def over(*points: tuple[float, float]) -> float:
    """Length of the way over these points [km]."""
    return EARTH.line_length(*np.array(points).T) / 1000


def one_link(corridors: list[dict[str, Any]], **cells: Any) -> pd.Series:
    rows = {**PAIR, **cells}
    return link_keys(fake_park(**rows, corridors=corridors, transports=[{}])).iloc[0]


@pytest.mark.parametrize(
    ("end", "km"),
    # Published: a degree of longitude and the first degree of latitude at the equator.
    [((1.0, 0.0), 111.3195), ((0.0, 1.0), 110.5744)],
)
def test_a_straight_line_is_the_geodesic_times_the_detour(
    end: tuple[float, float], km: float
) -> None:
    sites = [site("a", 0.0, 0.0), site("b", *end)]
    assert one_link([], sites=sites)["km"] == pytest.approx(1.3 * km, rel=1e-6)


def test_a_route_follows_an_l_shaped_corridor_without_detour() -> None:
    link = one_link([L_SHAPE])
    assert link["km"] == pytest.approx(over((118.0, 31.0), CORNER, (118.03, 31.02)), rel=1e-9)


def test_the_ways_to_and_from_the_corridor_take_the_detour() -> None:
    aside = [site("a", 118.00, 31.001), site("b", 118.03, 31.02)]
    expected = 1.3 * over((118.0, 31.001), (118.0, 31.0))
    expected += over((118.0, 31.0), CORNER, (118.03, 31.02))
    assert one_link([L_SHAPE], sites=aside)["km"] == pytest.approx(expected, rel=5e-5)


def test_a_site_joins_in_the_middle_of_a_corridor() -> None:
    long = corridor((117.90, 31.00), (118.20, 31.00))
    sites = [site("a", 118.00, 31.00), site("b", 118.05, 31.00)]
    expected = over((118.0, 31.0), (118.05, 31.0))
    assert one_link([long], sites=sites)["km"] == pytest.approx(expected, rel=5e-5)


@pytest.mark.parametrize("gap", [0.0, 1e-5])
def test_corridors_that_cross_or_touch_are_joined(gap: float) -> None:
    upright = corridor((118.03, 30.99), (118.03, 31.02))
    crossing = [corridor((117.99, 31.0), (118.04, 31.0)), upright]
    touching = [corridor((118.00, 31.0), CORNER), corridor((118.03, 31.0 + gap), (118.03, 31.02))]
    tee = [corridor((118.00, 31.0), (118.03 - gap, 31.0)), upright]
    whole = one_link([L_SHAPE])["km"]
    for corridors in (crossing, touching, tee):
        assert one_link(corridors)["km"] == pytest.approx(whole, rel=1e-3)


def test_the_shortest_of_several_ways_is_taken() -> None:
    around = corridor((118.00, 31.00), (117.95, 31.05), (118.03, 31.02))
    direct = one_link([L_SHAPE])["km"]
    assert one_link([around, L_SHAPE])["km"] == pytest.approx(direct, rel=1e-9)
    assert one_link([around])["km"] > 2 * direct


@pytest.mark.parametrize(
    ("allows", "follows"),
    [((), True), (("truck",), True), (("pipe", "truck"), True), (("pipe",), False)],
)
def test_only_corridors_that_allow_the_transport_serve_it(
    allows: tuple[str, ...], follows: bool
) -> None:
    expected = one_link([L_SHAPE] if follows else [])["km"]
    assert one_link([{**L_SHAPE, "allows": allows}])["km"] == expected


def test_each_transport_has_its_own_network() -> None:
    transports = [{}, {"id": "pipe"}]
    rack = {**L_SHAPE, "allows": ("pipe",)}
    keys = link_keys(fake_park(**PAIR, corridors=[rack], transports=transports))
    km = keys.set_index("transport")["km"]
    assert km["pipe"] == pytest.approx(over((118.0, 31.0), CORNER, (118.03, 31.02)))
    assert km["truck"] == pytest.approx(1.3 * over((118.0, 31.0), (118.03, 31.02)))


def test_without_a_way_along_corridors_the_line_is_straight() -> None:
    straight = one_link([])["km"]
    halves = [corridor((118.00, 31.0), (118.01, 31.0)), corridor((118.03, 31.01), (118.03, 31.02))]
    far = [corridor((119.0, 31.0), (119.0, 31.5))]
    nowhere = [corridor((118.0, 31.0), (118.0, 31.0))]
    assert one_link(halves)["km"] == straight
    assert one_link(far)["km"] == straight
    assert one_link(nowhere)["km"] == straight


def test_neighbours_do_not_go_out_of_their_way_to_reach_a_corridor() -> None:
    sites = [site("a", 118.00, 31.00), site("b", 118.002, 31.00)]
    away = corridor((117.9, 31.003), (118.1, 31.003))
    assert one_link([away], sites=sites)["km"] == one_link([], sites=sites)["km"]


def test_the_cost_factor_is_the_mean_over_the_length() -> None:
    dear = corridor((118.00, 31.00), CORNER, cost_factor=2.0)
    cheap = corridor(CORNER, (118.03, 31.02), cost_factor=1.0)
    first, second = over((118.0, 31.0), CORNER), over(CORNER, (118.03, 31.02))
    link = one_link([dear, cheap])
    assert link["cost_factor"] == pytest.approx((2 * first + second) / (first + second), rel=1e-6)
    assert one_link([])["cost_factor"] == 1.0


def test_a_route_of_many_bends_is_as_long_as_its_line() -> None:
    turn = np.linspace(0, 6 * np.pi, 3000)
    x, y = 118 + 0.03 * turn / turn[-1], 31 + 0.02 * turn / turn[-1] + 0.002 * np.sin(turn)
    wave = corridor(*zip(x.tolist(), y.tolist(), strict=True))
    assert one_link([wave])["km"] == pytest.approx(EARTH.line_length(x, y) / 1000, rel=1e-6)


def test_lengths_agree_with_the_geodesic_for_corridors_forty_kilometres_off_the_centre() -> None:
    sites = [site("a", 118.0, 31.0), site("b", 118.8, 31.0)]
    points = [(118.0, 31.0), (118.0, 31.2), (118.8, 31.2), (118.8, 31.0)]
    assert one_link([corridor(*points)], sites=sites)["km"] == pytest.approx(
        over(*points), rel=1e-9
    )


def test_lines_on_the_map_run_from_sender_over_the_corridor_to_receiver() -> None:
    back = {"streams": PAIR["demands"], "demands": PAIR["streams"]}
    for rows in (PAIR, {**PAIR, **back}):
        park = fake_park(**rows, corridors=[L_SHAPE], transports=[{}, {"id": "wire"}])
        keys = link_keys(park)
        lines = route_lines(park, keys)
        assert list(lines.index) == list(keys["id"])
        for key, line in zip(keys.to_dict("records"), lines, strict=True):
            places = {row["id"]: (row["lon"], row["lat"]) for row in PAIR["sites"]}
            assert line.coords[0] == places[key["from"]]
            assert line.coords[-1] == places[key["to"]]
            assert shapely.distance(line, shapely.Point(CORNER)) < 1e-8
            assert EARTH.geometry_length(line) / 1000 == pytest.approx(key["km"], rel=1e-6)


def test_lines_on_the_map_are_straight_without_corridors_and_none_without_coordinates() -> None:
    row = {"id": "L1", "from": "a", "to": "lost", "km": 3.0}
    rows = {**PAIR, "sites": [*PAIR["sites"], site("lost", np.nan, np.nan)]}
    park = fake_park(**rows, transports=[{}], links=[row])
    lines = route_lines(park, link_keys(park))
    assert lines["L1"] is None
    assert list(lines["ash@a@b@truck"].coords) == [(118.0, 31.0), (118.03, 31.02)]


def test_the_prefilter_misses_no_pair() -> None:
    random = np.random.default_rng(2)
    lon, lat = 118 + random.uniform(0, 0.2, 80), 31 + random.uniform(0, 0.2, 80)
    known = places(pd.DataFrame({"id": np.arange(80).astype(str), "lon": lon, "lat": lat}))
    every = np.arange(80)
    start, end = (side.ravel() for side in np.meshgrid(every, every, indexing="ij"))
    near = (known.straight_km(start, end) <= 5.0) & (start != end)
    found = pairs_within(known.chords(), every, every, 5.0)
    assert set(zip(*found, strict=True)) >= set(zip(start[near], end[near], strict=True))
    assert len(found[0]) <= near.sum() + 2


def test_lengths_know_no_corridor_for_sites_without_coordinates() -> None:
    park = fake_park(sites=[site("a", np.nan, np.nan), site("b", 118.0, 31.0)], corridors=[L_SHAPE])
    wanted = pd.DataFrame({"from": ["a"], "to": ["b"], "transport": ["truck"], "detour": [1.3]})
    found = lengths(park.tables, wanted)
    assert found["km"].isna().all()
    assert not found["routed"].any()


@pytest.mark.parametrize("seed", range(3))
def test_routes_agree_with_networkx_on_lines_noded_by_shapely(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform((118.0, 31.0), (118.08, 31.08), (14, 3, 2))
    ways = [corridor(*map(tuple, points)) for points in corners]
    sites = [site(f"s{i}", *points[0]) for i, points in enumerate(corners)]
    graph = networkx.MultiGraph()
    for piece in shapely.union_all([way["geometry"] for way in ways]).geoms:
        ends = (piece.coords[0], piece.coords[-1])
        graph.add_edge(*ends, km=EARTH.geometry_length(piece) / 1000)
    pairs = [(a, b) for a in range(14) for b in range(14) if a != b]
    wanted = pd.DataFrame(pairs, columns=["a", "b"]).map(lambda number: f"s{number}")
    wanted.columns = ["from", "to"]
    wanted = wanted.assign(transport="truck", detour=1.3)
    found = lengths(fake_park(sites=sites, corridors=ways).tables, wanted)
    ends = [tuple(points[0]) for points in corners]
    reached = [networkx.has_path(graph, ends[a], ends[b]) for a, b in pairs]
    expected = [
        networkx.shortest_path_length(graph, ends[a], ends[b], weight="km")
        for (a, b), way in zip(pairs, reached, strict=True)
        if way
    ]
    assert sum(reached) > 100
    assert found["routed"].to_list() == reached
    assert found.loc[reached, "km"].to_numpy() == pytest.approx(expected, rel=5e-5)
