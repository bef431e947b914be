"""Where sites and labels stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box
from tests.show.scenes import degrees, far_scene, large_scene

from circularpark.show.flowmap import flow_map
from circularpark.show.labels import place_labels, text_width, wrapped
from circularpark.show.place import far_from_core, lonlat, place
from circularpark.show.rim import spaced
from circularpark.show.scene import SITE_COLUMNS, completed


def sites_at(points: list[tuple[float, float]]) -> pd.DataFrame:
    lon, lat = degrees(*zip(*points, strict=True))
    frame = pd.DataFrame({"id": [f"s{i}" for i in range(len(points))], "lon": lon, "lat": lat})
    return completed(frame, SITE_COLUMNS)


def test_distances_on_the_map_are_distances_on_the_ground():
    placed = place(sites_at([(0, 0), (3, 0), (3, 2)]), np.full(3, 5.0))
    east, north = np.hypot(*np.diff(placed.xy, axis=0).T) / placed.ground.metre
    assert east == pytest.approx(3000, rel=0.003)
    assert north == pytest.approx(2000, rel=0.003)


def test_north_is_up_and_east_is_right():
    placed = place(sites_at([(0, 0), (1, 2)]), np.full(2, 5.0))
    assert (placed.xy[1] > placed.xy[0]).all()


def test_an_even_park_has_no_far_sites():
    rng = np.random.default_rng(0)
    assert not far_from_core(rng.uniform(-2000, 2000, (40, 2))).any()


def test_works_far_outside_stand_on_the_rim_in_their_direction():
    scene = far_scene()
    placed = place(completed(scene.sites, SITE_COLUMNS), np.full(25, 8.0))
    assert placed.rim.tolist() == [False] * 20 + [True] * 5
    x0, y0, x1, y1 = placed.ground.frame
    north_east, west, west_too, south = placed.xy[20:24]
    assert north_east[0] > x1
    assert north_east[1] > (y0 + y1) / 2
    assert placed.xy[24][1] > y1
    assert west[0] < x0
    assert west_too[0] < x0
    assert south[1] < y0
    assert placed.km[20:24] == pytest.approx([28.8, 32.0, 29.6, 38.5], abs=0.7)


def test_the_core_stays_large_when_works_lie_far_outside():
    placed = place(completed(far_scene().sites, SITE_COLUMNS), np.full(25, 8.0))
    core = placed.xy[~placed.rim]
    assert np.ptp(core[:, 0]) > 0.6 * placed.ground.width


def test_sites_on_one_spot_are_kept_apart():
    placed = place(sites_at([(0, 0), (0, 0), (0, 0), (2, 1)]), np.full(4, 8.0))
    apart = np.hypot(*(placed.xy[:, None] - placed.xy[None]).T)
    assert apart[np.triu_indices(4, 1)].min() > 16


def test_an_area_counts_with_a_point_inside_it():
    sites = completed(
        pd.DataFrame({"id": ["a"], "geometry": [box(117, 30, 117.2, 30.1)]}), SITE_COLUMNS
    )
    lon, lat = lonlat(sites)[0]
    assert 117 < lon < 117.2
    assert 30 < lat < 30.1


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scene", [large_scene(), far_scene()], ids=["large", "far"])
def test_no_label_covers_a_label_or_a_node(scene, lang):
    drawn = flow_map(scene, lang)
    notes = [drawn.figure["layout"]["annotations"][site["a"]] for site in drawn.index["sites"]]
    discs = [drawn.figure["data"][site["t"]] for site in drawn.index["sites"]]
    boxes = np.array([extent(note) for note in notes])
    nodes = np.array([(min(d["x"]), min(d["y"]), max(d["x"]), max(d["y"])) for d in discs])
    assert not overlaps(boxes, boxes, same=True)
    assert not overlaps(boxes, nodes, same=False)


def extent(note: dict) -> tuple[float, float, float, float]:
    """The box of an annotation on the drawing."""
    lines = note["text"].split("<br>")
    wide = max(text_width(line, note["font"]["size"]) for line in lines)
    high = len(lines) * note["font"]["size"] * 1.25
    x = note["x"] - {"left": 0.0, "center": wide / 2, "right": wide}[note["xanchor"]]
    y = note["y"] - {"bottom": 0.0, "middle": high / 2, "top": high}[note["yanchor"]]
    return x, y, x + wide, y + high


def overlaps(one: np.ndarray, two: np.ndarray, same: bool) -> list[tuple[int, int]]:
    """Pairs of boxes that share more than half a unit."""
    low = np.maximum(one[:, None, :2], two[None, :, :2])
    high = np.minimum(one[:, None, 2:], two[None, :, 2:])
    hit = (high - low > 0.5).all(axis=2)
    if same:
        hit &= ~np.eye(len(one), dtype=bool)
    return [(int(a), int(b)) for a, b in np.argwhere(hit)]


def test_long_names_break_between_words_into_even_lines():
    assert wrapped("Paper mill 1", 148, 12.5) == ["Paper mill 1"]
    assert wrapped("印染厂（虚构）", 148, 12.5) == ["印染厂（虚构）"]
    assert wrapped("Assumed site of a central heat station", 148, 12.5) == [
        "Assumed site of a",
        "central heat station",
    ]
    assert wrapped("桐城包装产业集群（虚拟企业）", 148, 12.5) == [
        "桐城包装产业集群",
        "（虚拟企业）",
    ]


def test_neighbours_on_the_rim_keep_their_order_and_their_room():
    placed = spaced(np.array([100.0, 104.0, 98.0, 500.0]), 80.0, 0.0, 600.0)
    assert np.argsort(placed).tolist() == [2, 0, 1, 3]
    assert np.diff(np.sort(placed)).min() >= 80 - 1e-9
    assert placed[3] == 500.0


def test_a_crowded_rim_shares_what_room_there_is():
    placed = spaced(np.zeros(5), 80.0, 0.0, 200.0)
    assert placed.tolist() == [0.0, 50.0, 100.0, 150.0, 200.0]


def test_a_lone_label_stands_below_its_node():
    labels = place_labels(
        np.array([[500.0, 400.0]]), np.array([10.0]), np.array([[60.0, 16.0]]), np.zeros((0, 4)),
        (0, 0, 1000, 800), np.zeros(1),
    )  # fmt: skip
    assert labels.xy[0, 0] == 500
    assert labels.xy[0, 1] < 400 - 10 - 8


def test_a_label_leaves_a_wide_arrow():
    x = np.arange(300, 700, 10.0)
    stroke = np.column_stack(
        [x, np.full(len(x), 375.0), np.full(len(x), 10.0), np.full(len(x), 10.0)]
    )
    labels = place_labels(
        np.array([[500.0, 400.0]]), np.array([8.0]), np.array([[60.0, 16.0]]), stroke,
        (0, 0, 1000, 800), np.zeros(1),
    )  # fmt: skip
    assert labels.xy[0, 1] - 8 >= 385 - 1e-9 or labels.xy[0, 1] + 8 <= 365
