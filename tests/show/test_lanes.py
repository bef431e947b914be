"""Flows along corridors: each in a lane of its own, from node to node."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString
from tests.show.scenes import LAT, LON

import circularpark
from circularpark.show import Scene, flow_map
from circularpark.show.plan_scene import scene_of

# A corridor that runs 4 km east, 1 km north of the two sites at its ends and of one between.
WEST, EAST, MIDDLE = LON, LON + 0.042, LON + 0.021
NORTH = LAT + 0.009


def corridor() -> Scene:
    """Steam east, water east and water back west, all over the corridor; slag by road."""
    sites = pd.DataFrame(
        {
            "id": ["w", "e", "m"],
            "name_en": ["West", "East", "Middle"],
            "lon": [WEST, EAST, MIDDLE],
            "lat": [LAT, LAT, LAT],
        }
    )
    rows = [
        ("steam", "w", "e", 100.0), ("water", "w", "e", 60.0), ("back", "e", "w", 40.0),
        ("slag", "w", "m", 30.0),
    ]  # fmt: skip
    flows = pd.DataFrame(rows, columns=["id", "from", "to", "amount"]).assign(
        commodity=lambda frame: frame["id"], unit="t"
    )
    way = [(WEST, LAT), (WEST, NORTH), (EAST, NORTH), (EAST, LAT)]
    routes = {name: LineString(way) for name in ("steam", "water", "back")}
    return Scene(park={"en": "Park"}, sites=sites, flows=flows, routes=routes)


def drawn_routes() -> dict[str, np.ndarray | None]:
    laid = flow_map(corridor(), "en").layout
    return dict(zip(laid.flows["id"], laid.routes, strict=True))


def test_flows_of_one_corridor_lie_beside_one_another():
    drawn = flow_map(corridor(), "en")
    routes = dict(zip(drawn.flows["id"], drawn.layout.routes, strict=True))
    wide = dict(zip(drawn.flows["id"], drawn.flows["reach"], strict=True))
    names = ["steam", "water", "back"]
    height = {name: routes[name][len(routes[name]) // 2, 1] for name in names}
    for one in range(3):
        for other in range(one):
            a, b = names[one], names[other]
            assert abs(height[a] - height[b]) >= (wide[a] + wide[b]) / 2


def test_the_largest_keeps_to_the_corridors_middle():
    drawn = flow_map(corridor(), "en")
    project = drawn.layout.placed.ground.project
    middle = project(np.array([[MIDDLE, NORTH]]))[0]
    steam = drawn_routes()["steam"]
    assert steam[len(steam) // 2, 1] == pytest.approx(middle[1], abs=2)


def test_a_route_begins_at_its_sender_and_ends_at_its_receiver():
    drawn = flow_map(corridor(), "en")
    laid = drawn.layout
    for row, flow in laid.flows.iterrows():
        route = laid.routes[row]
        if route is None:
            assert flow["id"] == "slag"
            continue
        for at, end in ((0, "source"), (-1, "target")):
            site = laid.placed.xy[flow[end]]
            assert np.hypot(*(route[at] - site)) <= laid.radius[flow[end]] + 12


def test_a_route_has_no_sharp_corner():
    steps = np.diff(drawn_routes()["steam"], axis=0)
    turn = np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0])))
    assert np.abs(turn).max() < np.pi / 4


def test_a_site_that_is_not_to_scale_has_no_route():
    scene = corridor()
    lost = scene.sites.assign(lon=[WEST, EAST, np.nan], lat=[LAT, LAT, np.nan])
    to_lost = scene.flows.assign(to=["e", "e", "m", "m"])
    laid = flow_map(dataclasses.replace(scene, sites=lost, flows=to_lost), "en").layout
    routes = dict(zip(laid.flows["id"], laid.routes, strict=True))
    assert routes["steam"] is not None
    assert routes["back"] is None


@pytest.mark.parametrize("park", ["kalundborg"])
def test_a_plans_pipes_have_routes_where_corridors_serve_them(park):
    plan = circularpark.solve(circularpark.read_park(park))
    scene = scene_of(plan, interactive=True)
    assert set(scene.routes) <= set(scene.flows["id"])
    assert all(len(line.coords) > 2 for line in scene.routes.values())
    assert not scene_of(plan).routes
