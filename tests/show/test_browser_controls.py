"""The map's switches in a browser: time, zones, corridors, light and dark, the keyboard."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from shapely.geometry import LineString
from tests.show import test_browser
from tests.show.scenes import large_scene
from tests.show.test_odd_maps import crowded
from tests.show.test_periods import hours, scene_of_years
from tests.show.test_zones import crowded as many_zones
from tests.show.test_zones import zoned

from circularpark.show import Scene, flow_map
from circularpark.show.curves import arrow
from circularpark.show.plan_periods import MOST_STEPS, steps_of
from circularpark.show.scene import Periods
from circularpark.show.style import DARK, LIGHT

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser
browser, opened, clashes = test_browser.browser, test_browser.opened, test_browser.clashes
OUTLINE = "(row) => { const {x, y} = document.getElementById('map').data[row]; return [x, y]; }"


def outline(seen, row: int) -> np.ndarray:
    """The points (P, 2) of a trace as the page has drawn it."""
    return np.array(seen.page.evaluate(OUTLINE, row), dtype=float).T


def spread(points: np.ndarray) -> float:
    """The width of an arrow's tail: from its first point to the one before it closes."""
    return float(np.hypot(*(points[0] - points[-2])))


def test_the_page_draws_the_same_arrows_as_python(opened):
    drawn = flow_map(large_scene(), "en")
    seen = opened(large_scene(), "en")
    visible = [row for row, flow in enumerate(seen.flows()) if flow["visible"]]
    assert len(visible) == 80
    for row in visible[::9]:
        flow = drawn.index["flows"][row]
        expected = arrow(np.round(drawn.layout.paths[row], 1), max(flow["w"], 0.9))
        assert outline(seen, flow["t"]) == pytest.approx(expected, abs=0.16)


def test_a_year_changes_widths_table_and_hover(opened):
    seen = opened(scene_of_years(), "en")
    assert seen.page.locator("#moment").text_content() == "2040"
    flow = seen.flows()[5]
    before = spread(outline(seen, flow["t"]))
    cell = seen.page.locator("#twin tr[data-flow='5'] td.q")
    told = cell.text_content()
    seen.page.locator("#step").fill("1")
    seen.settle()
    assert seen.page.locator("#moment").text_content() == "2030"
    assert spread(outline(seen, flow["t"])) / before == pytest.approx(2.0, rel=0.05)
    assert float(cell.text_content().split()[0]) == pytest.approx(
        2 * float(told.split()[0]), rel=0.01
    )
    heads = seen.page.locator("#twin th").all_text_contents()
    assert "Quantity · 2030" in heads
    row = flow["h"] if flow["h"] >= 0 else flow["t"]
    text = seen.page.evaluate("(row) => document.getElementById('map').data[row].text", row)
    assert "<br>2030<br>Quantity: " in text
    assert "Per year" not in text
    assert "Distance" in text
    assert seen.complaints == []


def test_a_flow_shows_in_its_own_year_only(opened):
    scene = scene_of_years()
    row = list(flow_map(scene, "en").flows["id"]).index(scene.flows["id"][0])
    seen = opened(scene, "en")
    assert not seen.flows()[row]["visible"]
    seen.page.locator("#largest").fill("200")
    seen.page.locator("#step").fill("0")
    seen.settle()
    assert seen.flows()[row]["visible"]


def test_the_play_button_steps_through_the_years_and_stops(opened):
    seen = opened(scene_of_years(), "en")
    seen.page.locator("#play").click()
    moment = playwright.expect(seen.page.locator("#moment"))
    moment.to_have_text("2025")
    moment.to_have_text("2030")
    seen.page.locator("#play").click()
    assert seen.page.locator("#play").get_attribute("aria-pressed") == "false"


def test_days_are_chosen_before_hours(opened):
    scene = large_scene()
    steps, _ = steps_of(hours(3), MOST_STEPS)
    amounts = scene.flows["amount"].to_numpy()[:, None] * np.linspace(0.1, 1.0, 72)
    seen = opened(dataclasses.replace(scene, periods=Periods(steps, amounts)), "en")
    assert seen.page.locator("#step").is_disabled()
    seen.page.locator("#group").select_option(label="Day 2 of 3")
    seen.page.locator("#step").fill("5")
    seen.settle()
    assert seen.page.locator("#moment").text_content() == "5:00"
    assert "Quantity · Day 2 of 3 5:00" in seen.page.locator("#twin th").all_text_contents()


def test_zooming_out_merges_zones_and_zooming_in_opens_them(opened):
    seen = opened(zoned(), "en")
    assert seen.page.locator("#twin").is_visible()
    seen.page.locator(".modebar-btn").nth(1).click()
    seen.settle()
    labels = seen.page.locator("#map .annotation-text").all_text_contents()
    assert any("East side" in label for label in labels)
    assert not any(label == "C" for label in labels)
    assert seen.page.locator("#zone-twin").is_visible()
    assert not seen.page.locator("#twin").is_visible()
    seen.page.locator(".modebar-btn").first.click()
    seen.settle()
    assert seen.page.locator("#twin").is_visible()
    seen.page.locator("[data-merge=zones]").click()
    seen.settle()
    assert seen.page.locator("#zone-twin").is_visible()
    assert seen.complaints == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_park_of_very_many_sites_begins_with_its_zones_and_no_label_covers_another(opened, lang):
    seen = opened(many_zones(), lang)
    labels = seen.page.locator("#map .annotation-text").all_text_contents()
    assert sum("Quarter" in label for label in labels) == 7
    assert clashes(seen.boxes("#map .annotation-text")) == []
    assert seen.page.locator("#zone-sites").is_visible()
    seen.page.locator("[data-merge=sites]").click()
    seen.settle()
    assert seen.page.locator("#twin").is_visible()
    assert not seen.page.locator("#zone-sites").is_visible()
    assert seen.complaints == []


def test_a_click_on_a_zone_leaves_its_flows(opened):
    seen = opened(zoned(), "en")
    seen.page.locator("[data-merge=zones]").click()
    seen.settle()
    seen.page.locator("#map").get_by_text("E", exact=True).click()
    seen.settle()
    rows = seen.page.locator("#zone-twin tbody tr:visible").all_text_contents()
    assert len(rows) == 1
    seen.page.keyboard.press("Escape")
    seen.settle()
    assert seen.page.locator("#zone-twin tbody tr:visible").count() == 2


def corridors() -> Scene:
    """Steam from a to c, which a corridor leads over a corner far to the north."""
    scene = zoned()
    sites = scene.sites.set_index("id")
    corner = (float(sites.at["e", "lon"]), float(sites.at["e", "lat"]) - 0.002)
    way = LineString([tuple(sites.loc[s, ["lon", "lat"]]) for s in "a"] + [corner]
                     + [tuple(sites.loc[s, ["lon", "lat"]]) for s in "c"])  # fmt: skip
    return dataclasses.replace(scene, routes={"1": way})


def test_pipes_follow_their_corridors_on_request(opened):
    drawn = flow_map(corridors(), "en")
    row = list(drawn.flows["id"]).index("1")
    seen = opened(corridors(), "en")
    before = outline(seen, seen.flows()[row]["t"])
    seen.page.locator("#routed").click()
    seen.settle()
    after = outline(seen, seen.flows()[row]["t"])
    corner = drawn.layout.routes[row]
    assert after[:, 1].max() > before[:, 1].max() + 20
    assert after[:, 1].max() == pytest.approx(corner[:, 1].max(), abs=20)


def test_a_park_without_corridors_has_no_such_switch(opened):
    seen = opened(large_scene(), "en")
    assert seen.page.locator("#routed").count() == 0
    assert seen.page.locator("[data-merge]").count() == 0


def test_the_dark_switch_recolours_the_map(opened):
    seen = opened(large_scene(), "en", None)
    paper = "() => document.getElementById('map').layout.paper_bgcolor"
    assert seen.page.evaluate(paper) == LIGHT.card
    before = [flow["fillcolor"] for flow in seen.flows()]
    seen.page.locator("#theme").click()
    seen.settle()
    assert seen.page.evaluate(paper) == DARK.card
    expected = flow_map(large_scene(), "en", "dark").index["commodities"]
    assert [flow["fillcolor"] for flow in seen.flows()][:80] == [
        expected[flow["c"]]["colour"] for flow in seen.flows()
    ][:80]
    seen.page.locator("#theme").click()
    seen.settle()
    assert [flow["fillcolor"] for flow in seen.flows()][:80] == before[:80]


def test_a_page_without_a_theme_follows_the_readers_system(opened):
    seen = opened(large_scene(), "en", None)
    seen.page.emulate_media(color_scheme="dark")
    seen.settle()
    assert seen.page.evaluate("() => document.getElementById('map').layout.paper_bgcolor") == (
        DARK.card
    )


def test_the_map_moves_by_keyboard_and_shows_its_focus(opened):
    seen = opened(large_scene(), "en")
    span = "() => document.getElementById('map').layout.xaxis.range"
    low, high = seen.page.evaluate(span)
    seen.page.locator("#map").focus()
    seen.page.keyboard.press("ArrowRight")
    seen.settle()
    assert seen.page.evaluate(span)[0] == pytest.approx(low + 0.15 * (high - low))
    seen.page.keyboard.press("+")
    seen.settle()
    a, b = seen.page.evaluate(span)
    assert b - a == pytest.approx((high - low) / 1.5)
    ring = "() => getComputedStyle(document.getElementById('map')).outlineStyle"
    assert seen.page.evaluate(ring) == "solid"
    seen.page.keyboard.press("0")
    seen.settle()
    assert seen.page.evaluate(span) == [low, high]


def test_every_control_is_reached_by_tab(opened):
    seen = opened(corridors(), "en")
    wanted = seen.page.locator("button:visible, select:visible, input:visible, #map").count()
    names = set()
    for _ in range(wanted + 3):
        seen.page.keyboard.press("Tab")
        names.add(seen.page.evaluate(
            "() => { const one = document.activeElement; one.dataset.seen = 'yes';"
            " return one.outerHTML.slice(0, 80); }"))  # fmt: skip
    reached = seen.page.locator("[data-seen=yes]").count()
    assert reached >= wanted


def test_dashes_move_along_the_flows_and_nothing_else_does(opened):
    seen = opened(large_scene(), "en")
    seen.page.locator("#moving").click()
    seen.settle()
    moving = "() => document.getAnimations().map((one) => one.effect.target.style.strokeDasharray)"
    assert set(seen.page.evaluate(moving)) == {"4px, 14px"}
    seen.page.emulate_media(reduced_motion="reduce")
    seen.settle()
    assert seen.page.evaluate(moving) == []


def test_movement_waits_for_the_reader_and_for_their_system(opened):
    seen = opened(large_scene(), "en")
    assert seen.page.locator("#moving").is_visible()
    seen.page.emulate_media(reduced_motion="reduce")
    seen.settle()
    assert not seen.page.locator("#moving").is_visible()


def test_a_thousand_flows_are_all_shown_on_request(opened):
    seen = opened(crowded(1000), "en")
    seen.page.locator("#largest").fill("1000")
    seen.settle()
    assert seen.page.locator("#count").text_content() == "1000 of 1000"
    drawn = seen.page.evaluate(
        """() => {
          const {index} = JSON.parse(document.getElementById('data').textContent);
          const {data} = document.getElementById('map');
          const gaps = (row) => data[row].x.filter((x) => x === null).length;
          return [index.flows.filter((f) => f.t >= 0 && data[f.t].visible).length,
                  Object.values(index.bulk).reduce((sum, row) => sum + gaps(row), 0)];
        }"""
    )
    assert drawn == [160, 840]
    assert seen.complaints == []


def test_5000_flows_are_drawn_and_filtered_quietly(opened):
    seen = opened(crowded(5000), "zh")
    seen.page.locator("#largest").fill("5000")
    seen.page.locator("[data-commodity='2']").click()
    seen.page.wait_for_timeout(1500)
    shown, every = seen.page.locator("#count").text_content().split(" / ")
    assert every == "5000"
    assert 0 < int(shown) < 5000
    assert seen.complaints == []
