"""Every chart that there is, from real plans: quiet, whole, legible, in words of its reader.

Each is drawn in Chinese and English, light and dark, in one headless Chromium. The pictures are
kept in ``CIRCULARPARK_GALLERY`` where that names a folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.known.test_published import solved
from tests.show.watched import (
    Watched,
    chromium,
    clipped,
    covered,
    ids_shown,
    pale,
    raw_ids,
    watched,
)

import circularpark
from circularpark.show.flowmap import draw_flow_map
from circularpark.show.heat_page import pictures as heat_pictures
from circularpark.show.pictures import MAKERS
from circularpark.show.plan_charts import (
    flow_pictures,
    hour_pictures,
    pathway_pictures,
    price_picture,
    saving_picture,
    today_pictures,
)
from circularpark.show.plan_scene import scene_of
from circularpark.show.report.page import Report
from circularpark.show.report.worth import project_picture
from circularpark.show.sheet import Picture
from circularpark.show.static_map import static_map
from circularpark.show.study_pages import macc_pictures, pareto_picture
from circularpark.studies.evaluate import evaluate_plan

pytestmark = pytest.mark.browser
LANGUAGES, THEMES = ("zh", "en"), ("light", "dark")
WORDS, TALL = "() => document.body.innerText", 20_000
# The parts of a page that hold words themselves.
HTML = "h1, h2, h3, p, li, td, th, dt, dd b, dd small, figcaption, caption, summary, label, button"


@cache
def plan_of(park: str) -> circularpark.Plan:
    return circularpark.solve(circularpark.read_park(park))


@cache
def evaluation_of(park: str) -> Any:
    return evaluate_plan(plan_of(park), runs=0)


@cache
def pareto_of(park: str) -> Any:
    return circularpark.Study(park).pareto(points=6)


@cache
def macc_of(park: str) -> Any:
    return circularpark.Study(park).macc(steps=4)


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> circularpark.Plan:
    return solved(tmp_path_factory.mktemp("hub"), "energy_hub_24h")


@pytest.fixture(scope="module")
def pathway(tmp_path_factory) -> circularpark.Plan:
    from tests.show.test_pathway import years_of_toy

    return years_of_toy(tmp_path_factory.mktemp("years"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    kept = os.environ.get("CIRCULARPARK_GALLERY", "")
    found = Path(kept) if kept else tmp_path_factory.mktemp("gallery")
    found.mkdir(parents=True, exist_ok=True)
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def seen(browser) -> Watched:
    return watched(browser)


def _maps(park: str, lang: str, theme: str) -> Iterator[Picture]:
    scene = scene_of(plan_of(park))
    yield static_map(scene, lang, theme)
    yield static_map(scene, lang, theme, difference=True)


def _plan(park: str, lang: str, theme: str) -> Iterator[Picture | None]:
    plan = plan_of(park)
    yield from flow_pictures(plan, lang, theme)
    yield from today_pictures(plan, lang, theme)
    yield saving_picture(plan, lang, theme)
    yield price_picture(plan, lang, theme)


def _heat(park: str, lang: str, theme: str) -> Iterator[Picture]:
    plan = plan_of(park)
    report = plan.heat_report()
    assert report is not None
    yield from heat_pictures(plan, report, lang, theme)


def _studies(park: str, lang: str, theme: str) -> Iterator[Picture | None]:
    yield from macc_pictures(macc_of(park), lang, theme)
    yield pareto_picture(pareto_of(park), lang, theme)


def _projects(park: str, lang: str, theme: str) -> Iterator[Picture | None]:
    yield project_picture(evaluation_of(park), lang, theme)


# What is drawn: a name, the park, and its pictures.
DRAWN: tuple[tuple[str, str, Callable[[str, str, str], Iterator[Picture | None]]], ...] = (
    ("maps", "anqing-hightech", _maps),
    ("maps", "huaining-cement", _maps),
    ("maps", "kalundborg", _maps),
    ("plan", "anqing-hightech", _plan),
    ("plan", "huaining-cement", _plan),
    ("plan", "kalundborg", _plan),
    ("heat", "anqing-hightech", _heat),
    ("heat", "huaining-cement", _heat),
    ("studies", "huaining-cement", _studies),
    ("projects", "anqing-hightech", _projects),
    ("projects", "huaining-cement", _projects),
)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "park", "draw"), DRAWN, ids=[f"{n}-{p}" for n, p, _ in DRAWN])
def test_a_chart_is_whole_legible_and_quiet(seen, folder, name, park, draw, lang, theme):
    drawn = [picture for picture in draw(park, lang, theme) if picture is not None]
    assert drawn
    ids = raw_ids(plan_of(park).park)
    for place, picture in enumerate(drawn):
        _looked_at(seen, picture, ids, folder / f"{park}-{name}-{place}-{lang}-{theme}.png")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_hours_and_pathways_are_whole_legible_and_quiet(seen, folder, hub, pathway, lang, theme):
    for name, plan, draw in (("hours", hub, hour_pictures), ("pathway", pathway, pathway_pictures)):
        drawn = list(draw(plan, lang, theme))
        assert len(drawn) == 2
        ids = raw_ids(plan.park)
        for place, picture in enumerate(drawn):
            _looked_at(seen, picture, ids, folder / f"{name}-{place}-{lang}-{theme}.png")


def test_no_chart_is_left_out(hub, pathway):
    drawn = {
        picture.name
        for _, park, draw in DRAWN
        if park == "huaining-cement"
        for picture in draw(park, "en", "light")
        if picture is not None
    }
    drawn |= {picture.name for picture in hour_pictures(hub, "en")}
    drawn |= {picture.name for picture in pathway_pictures(pathway, "en")}
    assert [name for name in MAKERS if not any(one.startswith(name) for one in drawn)] == []


def _looked_at(seen: Watched, picture: Picture, ids: set[str], file: Path) -> None:
    """Photograph a picture and hold it to what is asked of all of them."""
    wide, high = seen.shown(picture.svg)
    seen.page.screenshot(path=str(file))
    texts = seen.texts()
    told = [picture.title, picture.told, picture.caption, *(text.words for text in texts)]
    wrong = {
        "clipped": clipped(texts, wide, high),
        "covered": covered(texts),
        "pale": pale(texts),
        "ids": ids_shown(told, ids),
        "complaints": seen.complaints,
        "abroad": seen.abroad,
    }
    assert texts, picture.name
    assert {key: found for key, found in wrong.items() if found} == {}, picture.name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_flow_map_is_legible_and_quiet(browser, folder, lang, theme):
    page = watched(browser, 1400, 1100)
    file = folder / f"map-{lang}-{theme}.html"
    scene = scene_of(plan_of("anqing-hightech"), interactive=True)
    file.write_text(draw_flow_map(scene, lang, theme), encoding="utf-8")
    page.page.goto(file.as_uri())
    page.page.wait_for_selector("#map[data-ready=true]", timeout=30_000)
    page.page.screenshot(path=str(file.with_suffix(".png")))
    texts = page.texts("#map .annotation-text")
    assert len(texts) >= 29
    assert covered(texts) == []
    assert pale(texts) == []
    ids = raw_ids(plan_of("anqing-hightech").park)
    assert ids_shown(page.page.evaluate(WORDS).splitlines(), ids) == set()
    # What is below the window has nothing behind it, as the browser tells it.
    page.page.set_viewport_size({"width": 1400, "height": TALL})
    assert pale(page.texts(HTML)) == []
    assert page.complaints == []
    assert page.abroad == []
    page.page.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_is_legible_and_quiet(browser, folder, lang, theme):
    park = "huaining-cement"
    page = watched(browser, 1300, 1000)
    file = folder / f"report-{lang}-{theme}.html"
    report = Report(plan_of(park), lang, theme, evaluation=evaluation_of(park))
    file.write_text(report.screen(), encoding="utf-8")
    page.page.goto(file.as_uri())
    page.page.locator("iframe.map").scroll_into_view_if_needed()
    inside = page.page.frame_locator("iframe.map")
    inside.locator("#map[data-ready=true]").wait_for(timeout=30_000)
    page.page.screenshot(path=str(file.with_suffix(".png")), full_page=True)
    shown = page.page.evaluate(WORDS).splitlines()
    assert ids_shown(shown, raw_ids(plan_of(park).park)) == set()
    page.page.set_viewport_size({"width": 1300, "height": TALL})
    assert pale(page.texts(HTML)) == []
    wide = page.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    assert wide[0] <= wide[1]
    assert page.complaints == []
    assert page.abroad == []
    page.page.close()
