"""Maps of parks that are bare, crowded or oddly named; and what they cost."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from benchmarks.maps import chromium, panned
from tests.show.scenes import flow_rows, large_scene, site_rows, small_scene
from tests.show.test_page import data_of, no_geometry

from circularpark.show import Scene, draw_flow_map, flow_map
from circularpark.show.layout import MOST_ALONE
from circularpark.show.static_map import static_map

LONG = "安庆市高新技术产业开发区循环经济与资源综合利用示范基地有限公司"
QUOTED = """O'Neill & "Söhne" <b>AG</b> `x`"""


def crowded(flows: int) -> Scene:
    """100 sites and very many flows."""
    sites = site_rows(100, 5)
    return Scene(park={"zh": "园", "en": "Park"}, sites=sites, flows=flow_rows(sites, flows, 6))


@pytest.fixture(scope="module")
def many() -> Scene:
    return crowded(5000)


def test_5000_flows_are_few_traces_and_all_in_the_table(many):
    drawn = flow_map(many, "zh")
    assert len(drawn.flows) == 5000
    assert sum(flow["t"] >= 0 for flow in drawn.index["flows"]) == MOST_ALONE
    assert len(drawn.figure["data"]) < 2 * MOST_ALONE + 2 * 100 + 60
    page = draw_flow_map(many, "zh")
    assert page.count("<tr data-flow=") == 5000
    assert len(page.encode()) < 4_500_000


def test_a_page_holds_the_middle_line_of_every_flow_once(many):
    data = data_of(draw_flow_map(many, "en"))
    points = [len(flow["p"]) // 2 for flow in data["index"]["flows"]]
    assert all(26 <= count <= 60 for count in points[:MOST_ALONE])
    assert set(points[MOST_ALONE:]) == {9}
    arrows = [flow["t"] for flow in data["index"]["flows"] if flow["t"] >= 0]
    assert all(data["figure"]["data"][row]["x"] == [] for row in arrows)


@pytest.mark.parametrize("name", [LONG, QUOTED])
def test_long_and_quoted_names_stay_whole(name):
    scene = small_scene()
    called = dataclasses.replace(
        scene, park={"zh": name}, sites=scene.sites.assign(name_zh=name, name_en=name)
    )
    drawn = flow_map(called, "zh")
    assert "".join(drawn.layout.lines[0]).replace(" ", "") == name.replace(" ", "")
    page = draw_flow_map(called, "zh")
    assert "<b>AG</b>" not in page
    assert page.count("<script") == 3
    assert static_map(called, "zh").svg.count("<text") > 5


def test_a_long_name_takes_several_lines_and_stays_on_the_drawing():
    scene = small_scene()
    drawn = flow_map(dataclasses.replace(scene, sites=scene.sites.assign(name_zh=LONG)), "zh")
    labels, ground = drawn.layout.labels, drawn.layout.placed.ground
    assert all(len(lines) >= 3 for lines in drawn.layout.lines)
    assert (labels.xy - labels.half >= 0).all()
    assert (labels.xy + labels.half <= [ground.width, ground.height]).all()


@pytest.mark.parametrize(("lang", "told"), [("zh", "企业没有坐标"), ("en", "no coordinates")])
def test_a_park_without_geometry_is_drawn_in_a_ring_and_says_so(lang, told):
    drawn = flow_map(no_geometry(), lang)
    assert told in str(drawn.figure["layout"]["annotations"])
    away = drawn.layout.placed.xy - drawn.layout.placed.xy.mean(axis=0)
    assert np.hypot(away[:, 0] / 500, away[:, 1] / 270) == pytest.approx(np.ones(5), abs=0.25)


@pytest.mark.speed
def test_a_page_of_40_sites_and_80_flows_is_made_in_under_a_second():
    scene = large_scene()
    taken = []
    for _ in range(3):
        begun = time.process_time()
        draw_flow_map(scene, "zh")
        taken.append(time.process_time() - begun)
    assert min(taken) < 1.0


@pytest.mark.speed
def test_a_page_of_5000_flows_is_made_in_under_ten_seconds(many):
    begun = time.process_time()
    draw_flow_map(many, "zh")
    assert time.process_time() - begun < 10.0


@pytest.mark.speed
@pytest.mark.browser
def test_a_thousand_flows_pan():
    """20 frames a second at least, by the processor, where there is no graphics card."""
    with chromium() as browser:
        if browser is None:
            pytest.skip("no Chromium here")
        _, frame = panned(browser, draw_flow_map(crowded(1000), "zh"))
    assert frame < 50.0
