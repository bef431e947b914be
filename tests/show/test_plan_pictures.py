"""Pictures and report of solved parks in a browser: quiet, legible, nothing clipped or covered."""

from __future__ import annotations

import re

import pytest
from tests.known.test_published import solved

import circularpark
from circularpark.show.browser import PrintError
from circularpark.show.plan_charts import (
    hour_pictures,
)
from circularpark.show.plan_scene import scene_of
from circularpark.show.project_words import company_names
from circularpark.show.report.page import draw_report
from circularpark.show.report.pdf import print_pdf
from circularpark.show.results.book import FIRST, write_results
from circularpark.show.results.frames import leaves

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def plan() -> circularpark.Plan:
    return circularpark.solve(circularpark.read_park("anqing-hightech"))


@pytest.fixture(scope="module")
def hours(tmp_path_factory) -> circularpark.Plan:
    folder = tmp_path_factory.mktemp("hub")
    return solved(folder, "energy_hub_24h")


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
    for sheet, leaf in zip(book.sheet_names[2:], leaves(plan), strict=True):
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
