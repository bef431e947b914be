"""Pictures and report of solved parks in a browser: quiet, legible, nothing clipped or covered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.known.test_published import solved
from tests.show.test_browser import CHROMIUM, FLAGS, clashes

import circularpark
from circularpark.show.plan_charts import (
    flow_pictures,
    hour_pictures,
    price_picture,
    saving_picture,
    today_pictures,
)
from circularpark.show.plan_scene import scene_of
from circularpark.show.project_words import company_names
from circularpark.show.report.page import draw_report
from circularpark.show.report.pdf import PrintError, print_pdf
from circularpark.show.results.book import FIRST, write_results
from circularpark.show.results.frames import leaves
from circularpark.show.sheet import Picture
from circularpark.show.static_map import static_map

pytestmark = pytest.mark.browser
TEXTS = """() => [...document.querySelectorAll('text')].map((one) => {
  const {left, top, right, bottom, height} = one.getBoundingClientRect();
  const turned = one.hasAttribute('transform');
  return [left, top + height * 0.15, right, bottom - height * 0.15, turned, one.textContent];
})"""


@pytest.fixture(scope="module")
def plan() -> circularpark.Plan:
    return circularpark.solve(circularpark.read_park("anqing-hightech"))


@pytest.fixture(scope="module")
def hours(tmp_path_factory) -> circularpark.Plan:
    folder = tmp_path_factory.mktemp("hub")
    return solved(folder, "energy_hub_24h")


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path(CHROMIUM).exists():
        pytest.skip("no Chromium here")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


def pictures(plan: circularpark.Plan, lang: str, theme: str) -> list[Picture]:
    """Every picture that a report draws, but the heat curves, which have a test of their own."""
    scene = scene_of(plan)
    every = [
        static_map(scene, lang, theme),
        static_map(scene, lang, theme, difference=True),
        *flow_pictures(plan, lang, theme),
        *today_pictures(plan, lang, theme),
        saving_picture(plan, lang, theme),
        price_picture(plan, lang, theme),
        *hour_pictures(plan, lang, theme),
    ]
    return [picture for picture in every if picture is not None]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_of_a_picture_is_clipped_or_covers_another(chromium, plan, lang, theme):
    page = chromium.new_page(viewport={"width": 1400, "height": 1200})
    for picture in pictures(plan, lang, theme):
        page.set_content(f'<body style="margin:0">{picture.svg}</body>')
        page.evaluate(
            "() => { const s = document.querySelector('svg'), b = s.viewBox.baseVal;"
            " s.setAttribute('width', b.width); s.setAttribute('height', b.height); }"
        )
        wide, high = page.evaluate(
            "() => { const {width, height} = document.querySelector('svg').viewBox.baseVal;"
            " return [width, height]; }"
        )
        boxes = page.evaluate(TEXTS)
        for left, top, right, bottom, _, words in boxes:
            assert min(left, top) >= -0.5, (picture.name, words)
            assert right <= wide + 0.5, (picture.name, words)
            assert bottom <= high + 0.5, (picture.name, words)
        level = [box for box in boxes if not box[4]]
        overlaps = clashes([tuple(box[:4]) for box in level])
        assert not overlaps, (picture.name, [(level[a][5], level[b][5]) for a, b in overlaps])
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_report_opens_quietly_and_asks_for_nothing(chromium, plan, lang, tmp_path):
    file = tmp_path / "report.html"
    file.write_text(draw_report(plan, lang), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1300, "height": 1000})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    page.locator("iframe.map").scroll_into_view_if_needed()
    inside = page.frame_locator("iframe.map")
    inside.locator("#map[data-ready=true]").wait_for(timeout=30_000)
    assert complaints == []
    local = ("file:", "data:", "about:")
    assert [url for url in asked if not url.startswith(local)] == []
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_reader_sees_an_id(plan, lang):
    shown = re.sub(
        r"<(style|iframe)\b.*?</\1>|<[^>]+>", " ", draw_report(plan, lang, print_it=True)
    )
    tables = plan.park.tables
    ids = {str(i) for name in ("sites", "commodities", "markets", "processes", "limits", "measures")
           for i in getattr(tables, name)["id"] if "_" in str(i)}  # fmt: skip
    assert ids
    assert [i for i in ids if re.search(rf"\b{re.escape(i)}\b", shown)] == []


def test_without_a_browser_the_way_out_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CIRCULARPARK_CHROMIUM", raising=False)
    with pytest.raises(PrintError) as caught:
        print_pdf("<p>x</p>", tmp_path / "x.pdf")
    assert "apt-get install chromium" in caught.value.text("zh")
    assert "apt-get install chromium" in caught.value.text("en")


def test_a_browser_that_fails_leaves_no_file(monkeypatch, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho no luck >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CIRCULARPARK_CHROMIUM", str(broken))
    with pytest.raises(PrintError, match="no luck"):
        print_pdf("<p>x</p>", tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_companys_edition_names_only_its_partners(plan, lang):
    company = next(c for c in company_names(plan.park, lang) if "Intco" in c)
    shown = draw_report(plan, lang, company=company)
    sites = plan.park.tables.sites
    own = set(sites.loc[sites["company"] == company, "id"])
    flows = scene_of(plan).flows
    touching = flows[flows["from"].isin(own) | flows["to"].isin(own)]
    partners = own | set(touching["from"]) | set(touching["to"])
    assert len(touching)
    hidden = sites.loc[~sites["id"].isin(partners), f"name_{lang}"]
    assert len(hidden) > 5
    assert [name for name in hidden if name in shown] == []


def test_the_workbook_holds_the_plan_and_its_sums(plan, tmp_path):
    calamine = pytest.importorskip("python_calamine")
    file = write_results(plan, tmp_path / "results.xlsx", "en")
    book = calamine.CalamineWorkbook.from_path(str(file))
    for sheet, leaf in zip(book.sheet_names[1:], leaves(plan), strict=True):
        rows = book.get_sheet_by_name(sheet).to_python()
        assert rows[0] == [str(column) for column in leaf.frame.columns]
        assert len(rows) == FIRST - 1 + len(leaf.frame) + (1 if leaf.summed else 0)
        for column in leaf.summed:
            place = rows[0].index(column)
            own = [row[place] for row in rows[FIRST - 1 : -1] if row[place] != ""]
            assert rows[-1][place] == pytest.approx(sum(own), rel=1e-9, abs=1e-9)


def test_a_name_that_looks_like_a_formula_stays_a_text(tmp_path):
    park = circularpark.read_park("toy")
    plan = circularpark.solve(park)
    plan.builds["name_en"] = '=HYPERLINK("http://x","y")'
    import zipfile

    file = write_results(plan, tmp_path / "results.xlsx", "en")
    with zipfile.ZipFile(file) as packed:
        sheets = [n for n in packed.namelist() if n.startswith("xl/worksheets/sheet")]
        formulas = [f for n in sheets for f in re.findall(r"<f>(.*?)</f>", packed.read(n).decode())]
    assert formulas
    assert all(f.startswith("SUBTOTAL(109,") for f in formulas)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hours_have_dispatch_and_duration(hours, lang):
    names = [picture.name for picture in hour_pictures(hours, lang)]
    assert names == ["dispatch", "duration"]
