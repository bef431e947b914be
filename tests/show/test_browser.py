"""The page in a browser: it draws, stays on the machine, and answers the reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.show.scenes import far_scene, large_scene, small_scene
from tests.show.test_page import NASTY, no_flows, no_geometry, one_site
from tests.show.watched import CHROMIUM

from circularpark.show import draw_flow_map
from circularpark.show.browser import FLAGS
from circularpark.show.style import LIGHT

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser


class Opened:
    """A page that is open, what it asked for and what it complained about."""

    def __init__(self, page, asked: list[str], complaints: list[str]) -> None:
        self.page, self.asked, self.complaints = page, asked, complaints

    def settle(self) -> None:
        self.page.wait_for_timeout(350)

    def flows(self) -> list[dict]:
        """Visibility, opacity and fill of every flow, as plotly holds them."""
        return self.page.evaluate(
            """() => {
              const map = document.getElementById('map');
              const {index} = JSON.parse(document.getElementById('data').textContent);
              return index.flows.map((flow) => {
                const {visible, opacity, fillcolor} = map.data[flow.t];
                return {...flow, visible, opacity, fillcolor};
              });
            }"""
        )

    def boxes(self, selector: str) -> list[tuple[float, float, float, float]]:
        return self.page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)].map((one) => {
              const {left, top, right, bottom} = one.getBoundingClientRect();
              return [left, top, right, bottom];
            })""",
            selector,
        )


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser, tmp_path):
    pages = []

    def open_scene(scene, lang="zh", theme="light", width=1400) -> Opened:
        file = tmp_path / "map.html"
        file.write_text(draw_flow_map(scene, lang, theme), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 1150})
        pages.append(page)
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector("#map[data-ready=true]", timeout=20_000)
        return Opened(page, asked, complaints)

    yield open_scene
    for page in pages:
        page.close()


def clashes(boxes: list[tuple[float, float, float, float]]) -> list[tuple[int, int]]:
    """Pairs of boxes that overlap by more than a pixel."""
    return [
        (a, b)
        for a, one in enumerate(boxes)
        for b, two in enumerate(boxes[:a])
        if min(one[2], two[2]) - max(one[0], two[0]) > 1
        and min(one[3], two[3]) - max(one[1], two[1]) > 1
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("scene", [large_scene, far_scene], ids=["large", "far"])
def test_it_draws_quietly_alone_and_without_clashing_labels(opened, scene, lang, theme):
    seen = opened(scene(), lang, theme)
    assert seen.complaints == []
    assert [url for url in seen.asked if not url.startswith(("file:", "data:"))] == []
    labels = seen.boxes("#map .annotation-text")
    assert len(labels) >= 25
    assert clashes(labels) == []


@pytest.mark.parametrize("make", [small_scene, no_flows, no_geometry, one_site])
def test_small_and_odd_scenes_draw(opened, make):
    seen = opened(make())
    assert seen.complaints == []
    assert seen.page.locator("#map svg.main-svg").count() > 0


def test_a_name_with_html_is_shown_as_it_is_written(opened):
    scene = small_scene()
    scene.sites.loc[0, ["name_zh", "name_en"]] = NASTY
    seen = opened(scene)
    assert seen.complaints == []
    shown = seen.page.locator("#map .annotation-text").all_text_contents()
    assert any("<script>alert(1)</script>" in text for text in shown)


def test_the_slider_leaves_the_largest_flows(opened):
    seen = opened(large_scene())
    seen.page.locator("#largest").fill("12")
    seen.settle()
    flows = [flow for flow in seen.flows() if flow["d"] != "gone"]
    assert [bool(flow["visible"]) for flow in flows] == [True] * 12 + [False] * (len(flows) - 12)


def test_the_legend_filters_by_commodity(opened):
    seen = opened(large_scene())
    seen.page.locator("[data-commodity='2']").click()
    seen.settle()
    assert not any(flow["visible"] for flow in seen.flows() if flow["c"] == 2)
    assert any(flow["visible"] for flow in seen.flows())
    seen.page.locator("[data-all=commodity]").click()
    seen.settle()
    assert any(flow["visible"] for flow in seen.flows() if flow["c"] == 2)


def test_choosing_a_site_fades_all_others_to_7_percent(opened):
    seen = opened(large_scene())
    before = {flow["t"]: flow["opacity"] for flow in seen.flows()}
    site = seen.flows()[0]["from"]
    seen.page.select_option("#site", str(site))
    seen.settle()
    for flow in seen.flows():
        mine = site in (flow["from"], flow["to"])
        assert flow["opacity"] == (before[flow["t"]] if mine else 0.07)
    seen.page.keyboard.press("Escape")
    seen.settle()
    assert {flow["t"]: flow["opacity"] for flow in seen.flows()} == before


def test_a_click_on_a_node_chooses_it(opened):
    seen = opened(large_scene())
    place = seen.page.evaluate(
        """() => {
          const map = document.getElementById('map');
          const {index} = JSON.parse(document.getElementById('data').textContent);
          const {x, y} = map.data[index.sites[4].t];
          const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
          const {xaxis, yaxis} = map._fullLayout;
          const box = map.getBoundingClientRect();
          return [
            box.left + xaxis._offset + xaxis.d2p(middle(x)),
            box.top + yaxis._offset + yaxis.d2p(middle(y)),
          ];
        }"""
    )
    seen.page.mouse.move(*place)
    seen.settle()
    assert seen.page.locator("#map .hoverlayer .hovertext").count() == 1
    seen.page.mouse.click(*place)
    seen.settle()
    assert seen.page.locator("#site").input_value() == "4"


def test_the_difference_view_colours_by_change_and_shows_what_is_gone(opened):
    seen = opened(large_scene(), "en")
    seen.page.locator("[data-view=difference]").click()
    seen.page.locator("#largest").fill("200")
    seen.settle()
    by_change = {flow["d"]: flow["fillcolor"].upper() for flow in seen.flows()}
    assert by_change == LIGHT.changes
    assert all(flow["visible"] for flow in seen.flows())
    assert seen.page.locator("#change-legend").is_visible()


def test_zooming_keeps_the_samples_and_the_scale_bar_true(opened):
    seen = opened(large_scene(), "en")
    before = seen.page.locator("#map .annotation-text").all_text_contents()
    seen.page.locator(".modebar-btn").first.click()
    seen.settle()
    after = seen.page.locator("#map .annotation-text").all_text_contents()
    assert "100 GJ/h" in before
    assert "50 GJ/h" in after
    assert "100 GJ/h" not in after
    assert "1 km" in before
    assert "1 km" not in after


def test_labels_stay_apart_on_a_narrow_window(opened):
    seen = opened(large_scene(), "en", width=760)
    assert clashes(seen.boxes("#map .annotation-text")) == []
