"""Arrows and the choice of curves."""

from __future__ import annotations

import time

import numpy as np
import pytest
from shapely.geometry import LineString, Point, Polygon

from circularpark.show.curves import arrow, bezier, choose_bends, trimmed

BOX = (0.0, 0.0, 1280.0, 800.0)


def straight(length: float) -> np.ndarray:
    return np.column_stack([np.linspace(0, length, 40), np.zeros(40)])


@pytest.mark.parametrize("width", [1.0, 5.0, 22.0])
def test_an_arrow_is_as_wide_as_its_flow(width):
    shape = arrow(straight(400), width)
    at_tail = shape[np.abs(shape[:, 0]) < 1e-9]
    assert np.ptp(at_tail[:, 1]) == pytest.approx(width)


def test_the_body_narrows_to_about_80_percent():
    shape = Polygon(arrow(straight(400), 20.0))
    neck = shape.intersection(LineString([(370, -50), (370, 50)])).length
    assert neck == pytest.approx(20 * (1 - 0.2 * 370 / 400))


@pytest.mark.parametrize("length", [6.0, 15.0, 60.0])
def test_the_head_takes_at_most_half_of_a_short_arrow(length):
    shape = arrow(straight(length), 20.0)
    base = shape[np.argmax(np.abs(shape[:, 1]))]
    assert base[0] >= length / 2 - 1e-9
    assert shape[:, 0].max() == pytest.approx(length)


def test_every_arrow_is_a_valid_polygon_that_reaches_its_tip():
    path = bezier(np.array([0.0, 0.0]), np.array([300.0, 120.0]), np.array(0.3), 60)
    shape = Polygon(arrow(path, 14.0))
    assert shape.is_valid
    assert shape.distance(Point(300, 120)) < 1e-6


def test_a_path_starts_and_ends_outside_the_nodes():
    path = trimmed(straight(200), 12.0, 20.0)
    assert path[0, 0] >= 12.0
    assert path[-1, 0] >= 180.0 - 6
    assert path[-1, 0] <= 186.0


def test_a_lone_flow_is_straight():
    xy = np.array([[100.0, 100.0], [700.0, 400.0]])
    bend = choose_bends(
        xy, np.array([8.0, 8.0]), np.array([0]), np.array([1]), np.array([10.0]), BOX
    )
    assert bend.tolist() == [0.0]


def test_a_flow_goes_round_an_unrelated_site():
    xy = np.array([[100.0, 400.0], [900.0, 400.0], [500.0, 400.0]])
    radius = np.full(3, 10.0)
    bend = choose_bends(xy, radius, np.array([0]), np.array([1]), np.array([12.0]), BOX)
    path = bezier(xy[:1], xy[1:2], bend, 200)[0]
    assert np.hypot(*(path - xy[2]).T).min() > 10 + 6 + 5


def test_flows_there_and_back_do_not_lie_on_each_other():
    xy = np.array([[100.0, 400.0], [900.0, 400.0]])
    bends = choose_bends(
        xy, np.full(2, 8.0), np.array([0, 1]), np.array([1, 0]), np.full(2, 10.0), BOX
    )
    one, two = bezier(xy[[0, 1]], xy[[1, 0]], bends, 101)
    assert np.hypot(*(one[50] - two[50])) > 10


@pytest.mark.speed
def test_150_flows_among_60_sites_choose_in_under_0_3_seconds():
    rng = np.random.default_rng(1)
    xy = rng.uniform((40, 40), (1240, 760), (60, 2))
    source = rng.integers(0, 60, 150)
    target = (source + rng.integers(1, 60, 150)) % 60
    width = np.sort(rng.pareto(1.2, 150) + 0.5)[::-1].clip(max=22)
    choose_bends(xy, np.full(60, 8.0), source[:3], target[:3], width[:3], BOX)
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        choose_bends(xy, np.full(60, 8.0), source, target, width, BOX)
        taken.append(time.perf_counter() - began)
    assert min(taken) < 0.3
