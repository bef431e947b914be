"""The pathway says what its data say: heights, order, peak, cap, and what is below nought."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from tests.show.watched import chromium, clipped, covered, pale, watched
from tests.sources import ROOT

import circularpark
from circularpark.show.charts.pathway import pathway_chart
from circularpark.show.plan_charts import pathway_pictures
from circularpark.show.report.page import draw_report
from circularpark.show.style import DARK, LIGHT

SOURCES = pd.DataFrame(
    [[60.0, 80.0, 20.0], [30.0, 30.0, 10.0], [0.0, -10.0, -20.0]],
    index=["coal", "gas", "taken back"],
    columns=[2025, 2030, 2040],
)
PATHS = """\
table,item,column,year,multiply
demands,steam_greenhouse,amount,2030,1.15
demands,steam_greenhouse,amount,2040,0.9
commodities,gas,co2,2040,0.9
"""


def outlines(svg: str, colour: str) -> list[list[tuple[float, float]]]:
    """The corners of the areas of one colour."""
    found = re.findall(r'<path d="M([^"]+)Z" fill="([^"]+)"', svg)
    return [
        [(float(a), float(b)) for a, b in (point.split(",") for point in d.split("L"))]
        for d, fill in found
        if fill == colour
    ]


def thickness(corners: list[tuple[float, float]], x: float) -> float:
    """How high an area is at a horizontal position, in pixels."""
    heights = [b for a, b in corners if abs(a - x) < 0.2]
    return max(heights) - min(heights)


def ends(corners: list[tuple[float, float]]) -> tuple[float, float]:
    return min(a for a, _ in corners), max(a for a, _ in corners)


def test_areas_are_as_high_as_their_amounts():
    svg = pathway_chart(SOURCES, "CO2", "kt", "en").svg
    (coal,), (gas,) = (outlines(svg, LIGHT.spare[place]) for place in (0, 1))
    first, last = ends(coal)
    assert thickness(coal, first) / thickness(gas, first) == pytest.approx(60 / 30, rel=0.02)
    assert thickness(coal, last) / thickness(gas, last) == pytest.approx(20 / 10, rel=0.02)
    # 2030 lies at a third of the way from 2025 to 2040.
    middle = first + (last - first) / 3
    assert thickness(coal, middle) / thickness(coal, first) == pytest.approx(80 / 60, rel=0.02)


def test_what_is_taken_back_lies_below_nought():
    svg = pathway_chart(SOURCES, "CO2", "kt", "en").svg
    (coal,), (back,) = (outlines(svg, LIGHT.spare[place]) for place in (0, 2))
    nought = max(b for _, b in coal)
    assert min(b for _, b in back) == pytest.approx(nought, abs=0.2)
    assert max(b for _, b in back) > nought + 10


def test_a_source_that_changes_its_sign_has_both_areas():
    turning = pd.DataFrame([[50.0, 50.0], [10.0, -10.0]], index=["a", "b"], columns=[2025, 2035])
    areas = outlines(pathway_chart(turning, "CO2", "kt", "en").svg, LIGHT.spare[1])
    first, last = ends([corner for area in areas for corner in area])
    crossing = (first + last) / 2
    assert sorted(ends(area)[0] for area in areas)[1] == pytest.approx(crossing, abs=6)


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "peak in 2030: 100"), ("zh", "2030 年峰值：100")]
)
def test_the_peak_of_the_sum_is_marked(lang, words):
    drawn = pathway_chart(SOURCES, "CO2", "kt", lang)
    assert f">{words}<" in drawn.svg
    assert "2030" in drawn.told


@pytest.mark.parametrize(("lang", "words"), [("en", "national peak"), ("zh", "碳达峰")])
def test_the_national_year_is_marked_only_within_the_years(lang, words):
    assert words in pathway_chart(SOURCES, "CO2", "kt", lang, goal=2030).svg
    assert words not in pathway_chart(SOURCES, "CO2", "kt", lang, goal=2045).svg
    assert words not in pathway_chart(SOURCES, "CO2", "kt", lang).svg


def test_a_cap_is_a_line_at_its_amount():
    svg = pathway_chart(SOURCES, "CO2", "kt", "en", caps={2030: 40.0, 2040: 20.0}).svg
    (line,) = re.findall(rf'points="([^"]+)" fill="none" stroke="{LIGHT.changes["gone"]}"', svg)
    heights = [float(point.split(",")[1]) for point in line.split()]
    (coal,) = outlines(svg, LIGHT.spare[0])
    first, _ = ends(coal)
    nought, per_unit = max(b for _, b in coal), thickness(coal, first) / 60
    assert heights[0] == heights[1] == pytest.approx(nought - 40 * per_unit, abs=0.5)
    assert heights[2] == heights[3] == pytest.approx(nought - 20 * per_unit, abs=0.5)
    assert "cap 20" in svg


def test_every_source_is_named_once():
    names = [f"source {n}" for n in range(6)]
    values = [[float(100 / (n + 1)), float(5 * (n + 1))] for n in range(6)]
    svg = pathway_chart(
        pd.DataFrame(values, index=names, columns=[2025, 2035]), "CO2", "kt", "en"
    ).svg
    assert [svg.count(f">{name}</text>") for name in names] == [1] * 6


def test_many_sources_are_told_together():
    many = pd.DataFrame(
        [[10.0 + n, 20.0] for n in range(15)], index=[f"s{n}" for n in range(15)],
        columns=[2025, 2030],
    )  # fmt: skip
    drawn = pathway_chart(many, "CO2", "kt", "en")
    assert drawn.svg.count(">others</text>") == 1
    assert "8 sources" in drawn.told


def test_one_year_is_no_pathway():
    with pytest.raises(ValueError, match="two planning years"):
        pathway_chart(SOURCES[[2025]], "CO2", "kt", "en")


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> circularpark.Plan:
    return years_of_toy(tmp_path_factory.mktemp("years"))


def years_of_toy(where: Path) -> circularpark.Plan:
    """The toy park over fifteen years: a want rises and falls, gas gets cleaner, a cap holds."""
    folder = where / "park"
    shutil.copytree(ROOT / "parks" / "toy", folder)
    toml = folder / "park.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(re.sub(r"years = \[[^\]]*\]", "years = [2025, 2030, 2040]", text), "utf-8")
    (folder / "paths.csv").write_text(PATHS, encoding="utf-8")
    limits = folder / "limits.csv"
    head, *rows = limits.read_text(encoding="utf-8").splitlines()
    columns = head.split(",")
    cap = {"id": "cap_2040", "measure": "co2", "sense": "<=", "value": "12000", "unit": "t",
           "period": "year", "years": "2030;2040"}  # fmt: skip
    columns += [name for name in cap if name not in columns]
    lines = [
        ",".join(columns),
        *(row + "," * (len(columns) - len(head.split(","))) for row in rows),
    ]
    lines.append(",".join(cap.get(name, "") for name in columns))
    limits.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return circularpark.solve(circularpark.read_park(folder))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_plan_of_several_years_draws_what_its_account_says(plan, lang):
    co2, cost = pathway_pictures(plan, lang)
    assert co2.name == cost.name == "pathway"
    annual = plan.account.annual("co2")
    peak = int(annual.idxmax())
    assert f"{peak}" in co2.told
    assert LIGHT.changes["gone"] in co2.svg
    assert "2030" in co2.svg


@pytest.mark.browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_is_clipped_or_covers_another(plan, lang, theme):
    caps = {2030: 95.0, 2040: 15.0}
    drawn = [
        *pathway_pictures(plan, lang, theme),
        pathway_chart(SOURCES, "CO2", "kt", lang, theme, caps=caps, goal=2030),
    ]
    with chromium() as browser:
        seen = watched(browser)
        for picture in drawn:
            size = seen.shown(picture.svg)
            texts = seen.texts()
            assert clipped(texts, *size) == []
            assert covered(texts) == []
            assert pale(texts) == []


def test_plans_of_one_year_each_are_one_pathway(plan):
    parks = [circularpark.read_park("toy") for _ in range(2)]
    alone = [circularpark.solve(park) for park in parks]
    assert list(pathway_pictures(alone[0], "en")) == []
    assert list(pathway_pictures(alone, "en")) == []
    assert len(list(pathway_pictures([alone[0], plan], "en"))) == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_report_of_several_years_has_the_pathway(plan, theme):
    page = draw_report(plan, "en", theme, print_it=True)
    assert (
        page.count("by source over the years</text>")
        + page.count("by source over the years</title>")
        >= 2
    )
    palette = LIGHT if theme == "light" else DARK
    assert palette.spare[0] in page
