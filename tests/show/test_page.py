"""The page of a flow map: whole, escaped, in one language."""

from __future__ import annotations

import dataclasses
import json
import re

import pandas as pd
import pytest
from tests.show.scenes import far_scene, large_scene, site_rows, small_scene

from circularpark.show import Outcome, Scene, draw_flow_map, flow_map

PARK = {"zh": "园", "en": "Park"}
NASTY = '<script>alert(1)</script> & <b>"x"</b>'


def data_of(page: str) -> dict:
    """What the page gives to its script."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return json.loads(found.group(1))


def visible_texts(page: str) -> list[str]:
    """Every text a reader of the page may see."""
    data = data_of(page)
    body = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    texts = [re.sub(r"<[^>]*>", " ", body), *re.findall(r'aria-label="([^"]*)"', body)]
    texts += [note["text"] for note in data["figure"]["layout"]["annotations"]]
    texts += [trace.get("text", "") for trace in data["figure"]["data"]]
    texts += [trace.get("name", "") for trace in data["figure"]["data"]]
    words = [one for one in data["words"].values() if isinstance(one, str)]
    return [*texts, *words, *data["words"]["yearly"], data["title"]]


def test_a_page_of_80_flows_stays_under_1_2_megabytes():
    assert len(draw_flow_map(large_scene(), "zh").encode()) < 1_200_000


@pytest.mark.parametrize("scene", [large_scene(), far_scene()], ids=["large", "far"])
def test_the_chinese_page_speaks_chinese_only(scene):
    for text in visible_texts(draw_flow_map(scene, "zh")):
        plain = re.sub(r"<[^>]*>|\{\w+\}", " ", text)
        # Units of physics are international; nothing else is written in Latin letters.
        words = set(re.findall(r"[A-Za-z]{2,}", plain)) - {"GJ", "MW", "kg"}
        assert not words, text


@pytest.mark.parametrize("scene", [large_scene(), far_scene()], ids=["large", "far"])
def test_the_english_page_speaks_english_only(scene):
    for text in visible_texts(draw_flow_map(scene, "en")):
        assert not re.search(r"[\u3400-\u9fff]", text), text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_id_is_shown(lang):
    for text in visible_texts(draw_flow_map(large_scene(), lang)):
        assert not re.search(r"\bs\d+\b|hp_steam|steam_pipe|@", text), text


def test_names_cannot_bring_html_into_the_page():
    scene = small_scene()
    sites = scene.sites.assign(name_zh=NASTY, name_en=NASTY)
    flows = scene.flows.assign(name_zh=NASTY, name_en=NASTY)
    page = draw_flow_map(
        dataclasses.replace(scene, sites=sites, flows=flows, title=NASTY, park={"zh": NASTY}), "zh"
    )
    assert "<script>alert" not in page
    assert '<b>"x"' not in page
    assert page.count("<script") == 3
    label = data_of(page)["figure"]["layout"]["annotations"][0]["text"]
    assert label.startswith("&lt;script&gt;")


def test_nothing_may_be_fetched_and_only_our_scripts_run():
    page = draw_flow_map(small_scene(), "en")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert re.search(r"script-src 'sha256-[^']+' 'sha256-[^']+'$", policy)
    assert not re.search(r'(src|href)="(?!data:)', page)


def test_the_table_says_what_the_map_shows():
    drawn = flow_map(large_scene(), "en")
    page = draw_flow_map(large_scene(), "en")
    assert page.count("<tr data-flow=") == len(drawn.flows) == len(drawn.index["flows"])
    first = drawn.flows.iloc[0]
    row = re.search(r'<tr data-flow="0">(.*?)</tr>', page).group(1)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
    assert cells[1:4] == [first["source_name"], first["target_name"], first["commodity_name"]]
    assert cells[4] == drawn.facts[0]["quantity"]


def test_the_difference_is_told_against_what_was_compared():
    scene = large_scene()
    assert "Change from best operation" in draw_flow_map(scene, "en")
    today = dataclasses.replace(scene, compared_with="today")
    assert "Change from today" in draw_flow_map(today, "en")


def test_gone_flows_wait_for_the_difference_view():
    drawn = flow_map(large_scene(), "en")
    gone = [flow for flow in drawn.index["flows"] if flow["d"] == "gone"]
    assert gone
    assert not any(drawn.figure["data"][flow["t"]]["visible"] for flow in gone)


def test_an_uncertified_plan_says_so():
    scene = large_scene()
    summary = dataclasses.replace(scene.summary, certified=False)
    assert "NOT CERTIFIED" in draw_flow_map(dataclasses.replace(scene, summary=summary), "en")
    assert "NOT CERTIFIED" not in draw_flow_map(scene, "en")


@pytest.mark.parametrize(("lang", "told"), [("en", "(approximate)"), ("zh", "（近似）")])
def test_a_plan_from_typical_days_says_so(lang, told):
    scene = large_scene()
    summary = dataclasses.replace(scene.summary, approximate=True)
    assert told in draw_flow_map(dataclasses.replace(scene, summary=summary), lang)
    assert told not in draw_flow_map(scene, lang)


def test_a_plan_that_pays_says_that_it_gains():
    scene = large_scene()
    summary = dataclasses.replace(scene.summary, cost_per_tonne=-12.0)
    page = draw_flow_map(dataclasses.replace(scene, summary=summary), "en")
    assert "gains CNY 12 per tonne" in page
    assert "CNY 74 per tonne" in draw_flow_map(scene, "en")


def test_a_today_that_nobody_metered_says_so():
    scene = large_scene()
    summary = dataclasses.replace(scene.summary, today=Outcome())
    page = draw_flow_map(dataclasses.replace(scene, summary=summary), "en")
    assert "no complete metered data" in page
    assert "on today" not in page


def test_what_is_built_is_named_and_priced():
    scene = large_scene()
    bare = scene.builds.drop(columns=["name_zh", "name_en"])
    page = draw_flow_map(dataclasses.replace(scene, builds=bare), "en")
    flow = scene.flows[scene.flows["id"] == bare["item"].iloc[0]].iloc[0]
    called = dict(zip(scene.sites["id"], scene.sites["name_en"], strict=True))
    assert f"{called[flow['from']]} → {called[flow['to']]} {flow['name_en']}" in page


def test_a_site_tells_what_it_sends_and_receives():
    scene = small_scene()
    drawn = flow_map(scene, "en")
    first = drawn.flows.iloc[0]
    text = drawn.figure["data"][drawn.index["sites"][first["source"]]["t"]]["text"]
    assert "Sends: <br>  " + first["commodity_name"] in text
    idle = [row for row, site in enumerate(scene.sites["id"])
            if site not in set(scene.flows["from"]) | set(scene.flows["to"])]  # fmt: skip
    for row in idle:
        assert "No exchanges" in drawn.figure["data"][drawn.index["sites"][row]["t"]]["text"]


def test_approximate_positions_make_the_map_schematic():
    assert "Schematic" in str(flow_map(far_scene(), "en").figure["layout"]["annotations"])
    assert "Schematic" not in str(flow_map(large_scene(), "en").figure["layout"]["annotations"])


def no_flows() -> Scene:
    return Scene(park=PARK, sites=site_rows(6, 1), flows=pd.DataFrame())


def no_sites() -> Scene:
    return Scene(park=PARK, sites=pd.DataFrame(), flows=pd.DataFrame())


def one_site() -> Scene:
    return Scene(park=PARK, sites=site_rows(1, 1), flows=pd.DataFrame())


def no_geometry() -> Scene:
    scene = small_scene()
    sites = scene.sites.drop(columns=["lon", "lat", "geometry"])
    return dataclasses.replace(scene, sites=sites)


def some_without_position() -> Scene:
    scene = large_scene()
    sites = scene.sites.copy()
    sites.loc[[3, 9], ["lon", "lat", "geometry"]] = [float("nan"), float("nan"), None]
    return dataclasses.replace(scene, sites=sites)


def flows_to_nowhere() -> Scene:
    scene = small_scene()
    more = scene.flows.iloc[[0, 1]].assign(to=["elsewhere", scene.flows["from"].iloc[1]])
    return dataclasses.replace(scene, flows=pd.concat([scene.flows, more], ignore_index=True))


EDGES = [no_flows, no_sites, one_site, no_geometry, some_without_position, flows_to_nowhere]


@pytest.mark.parametrize("make", EDGES, ids=[make.__name__ for make in EDGES])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_odd_scenes_are_drawn(make, lang):
    scene = make()
    drawn = flow_map(scene, lang)
    assert len(drawn.index["sites"]) == len(scene.sites)
    assert all(
        value is None or value == value
        for trace in drawn.figure["data"]
        for value in (*trace["x"], *trace["y"])
    )
    assert draw_flow_map(scene, lang).endswith("</html>\n")


def test_a_flow_outside_the_park_or_within_a_site_is_not_drawn():
    assert len(flow_map(flows_to_nowhere(), "en").flows) == len(small_scene().flows)


def test_names_fall_back_to_words_never_to_ids():
    scene = small_scene()
    drawn = flow_map(
        dataclasses.replace(scene, sites=scene.sites.assign(name_zh="", name_en="")), "en"
    )
    assert list(drawn.sites["name"]) == [f"Site {n}" for n in range(1, 6)]
