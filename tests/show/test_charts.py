"""Charts say what their data say: widths, heights, areas and sums."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from circularpark.show.charts.abatement import abatement_chart, pareto_chart
from circularpark.show.charts.bubbles import project_bubbles
from circularpark.show.charts.heat_map import price_map, shade
from circularpark.show.charts.hours import dispatch_chart, duration_chart
from circularpark.show.charts.matrix import link_matrix
from circularpark.show.charts.sankey import sankey, shortened
from circularpark.show.charts.waterfall import Bar, waterfall
from circularpark.show.labels import text_width
from circularpark.show.style import DARK, LIGHT, contrast

FLOWS = pd.DataFrame(
    {
        "source": ["A", "A", "B", "C"],
        "commodity": ["steam", "ash", "steam", "ash"],
        "target": ["D", "D", "E", "E"],
        "family": ["t/h"] * 4,
        "base": [4.0, 1.0, 2.0, 3.0],
        "colour": ["#CC3D08", "#8D694A", "#CC3D08", "#8D694A"],
    }
)


def rects(svg: str, colour: str) -> list[tuple[float, float]]:
    """Width and height of the rectangles of one colour."""
    found = re.findall(
        r'<rect x="[^"]+" y="[^"]+" width="([^"]+)" height="([^"]+)" fill="([^"]+)"', svg
    )
    return [(float(w), float(h)) for w, h, fill in found if fill == colour]


def test_node_heights_of_a_sankey_are_in_proportion_to_what_passes():
    drawn = sankey(FLOWS, "t/h", "en").svg
    heights = {round(h, 1) for _, h in rects(drawn, "#CC3D08")}
    ash = {round(h, 1) for _, h in rects(drawn, "#8D694A")}
    assert len(heights) == len(ash) == 1
    assert heights.pop() / ash.pop() == pytest.approx(6 / 4, rel=0.01)


def test_ribbons_of_a_sankey_fill_their_nodes():
    drawn = sankey(FLOWS, "t/h", "en").svg
    nodes = rects(drawn, LIGHT.node)
    steam = rects(drawn, "#CC3D08")[0][1]
    # Suppliers A, B, C and receivers D, E: each side carries the ten units of both commodities.
    assert sum(h for _, h in nodes) == pytest.approx(2 * 10 * steam / 6, rel=0.01)


def test_small_suppliers_of_a_sankey_are_one_node():
    many = pd.concat(
        [FLOWS.assign(source=f"firm {n}", base=FLOWS["base"] / n) for n in range(1, 30)]
    )
    drawn = sankey(many, "t/h", "en")
    assert "16 others" in drawn.svg


def test_a_waterfall_ends_where_its_parts_add_up_to():
    bars = [
        Bar("before", 100.0, True),
        Bar("one", -30.0),
        Bar("two", 10.0),
        Bar("after", 80.0, True),
    ]
    drawn = waterfall(bars, "kt", "CO2", "en")
    (_, whole), (_, last) = rects(drawn.svg, LIGHT.node)
    (_, less), (_, more) = (
        rects(drawn.svg, LIGHT.good)[0],
        rects(drawn.svg, LIGHT.changes["gone"])[0],
    )
    assert less / more == pytest.approx(3.0, rel=0.02)
    assert whole - last == pytest.approx(less - more, abs=0.3)


def test_a_waterfall_of_small_changes_says_that_its_axis_is_broken():
    small = [Bar("before", 1000.0, True), Bar("one", -5.0), Bar("after", 995.0, True)]
    assert "broken" in waterfall(small, "kt", "CO2", "en").told
    large = [Bar("before", 1000.0, True), Bar("one", -900.0), Bar("after", 100.0, True)]
    assert "broken" not in waterfall(large, "kt", "CO2", "en").told


def test_areas_of_discs_in_the_matrix_are_in_proportion():
    flows = FLOWS.iloc[[0, 2]].assign(base=[4.0, 2.0])
    radii = [
        float(r) for r in re.findall(r'<circle [^>]*r="([^"]+)"', link_matrix(flows, "en").svg)
    ]
    assert (radii[0] / radii[1]) ** 2 == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("change", ["more", "less"])
def test_prices_read_on_every_shade(palette, change):
    for share in np.linspace(0, 1, 21):
        ground = shade(palette, palette.changes[change], share)
        assert max(contrast(ink, ground) for ink in (palette.text, palette.card)) >= 4.5


def test_the_price_map_leaves_blank_what_has_no_price():
    prices = pd.DataFrame(
        {"site": ["A", "B", "A"], "commodity": ["x", "x", "y"], "unit": ["t"] * 3,
         "price": [12.0, -3.0, 5.0]}
    )  # fmt: skip
    drawn = price_map(prices, "CNY", "en").svg
    assert drawn.count("CNY/t</title>") == 3


def test_bars_of_the_abatement_curve_are_as_wide_as_what_they_save():
    steps = pd.DataFrame({"name": ["a", "b"], "saved": [3000.0, 1000.0], "average": [-50.0, 200.0]})
    drawn = abatement_chart(steps, "CNY", "en", ceiling=600.0).svg
    (gain, _), (cost, _) = rects(drawn, LIGHT.good)[0], rects(drawn, LIGHT.changes["more"])[0]
    assert gain / cost == pytest.approx(3.0, rel=0.01)
    assert "600" in drawn


def test_a_step_above_the_ceiling_looks_different():
    steps = pd.DataFrame({"name": ["a", "b"], "saved": [1e3, 1e3], "average": [100.0, 900.0]})
    drawn = abatement_chart(steps, "CNY", "en", ceiling=600.0).svg
    assert len(rects(drawn, LIGHT.changes["less"])) == 1


def test_the_pareto_chart_names_knee_and_base():
    points = pd.DataFrame({"co2": [100e3, 80e3, 70e3], "cost": [1e8, 1.1e8, 2e8]})
    drawn = pareto_chart(points, ("CO2", "cost"), 1, (120e3, 1.2e8), "CNY", "en").svg
    assert ">knee<" in drawn
    assert ">best operation today<" in drawn


def test_bubbles_are_as_large_as_their_investment():
    projects = pd.DataFrame(
        {"name": ["a", "b", "c"], "capex": [4e7, 1e7, 1e6], "co2": [5e3, 2e3, 0.0],
         "cost": [-1e6, 2e5, 1e4]}
    )  # fmt: skip
    drawn = project_bubbles(projects, "CNY", "en")
    radii = [float(r) for r in re.findall(r'<circle [^>]*r="([^"]+)"', drawn.svg)]
    assert (radii[0] / radii[1]) ** 2 == pytest.approx(4.0, rel=0.02)
    assert "2 projects save CO₂" in drawn.told
    assert "1 more" in drawn.told


def test_the_duration_curve_falls():
    curves = pd.DataFrame(np.array([[5.0, 9.0, 1.0, 7.0]]), index=["plan"])
    drawn = duration_chart(curves, np.array([1.0, 2.0, 3.0, 4.0]), "Power", "MW", "en").svg
    points = re.findall(r'<polyline points="([^"]+)"', drawn)[0]
    heights = [float(pair.split(",")[1]) for pair in points.split()]
    assert heights == sorted(heights)


def test_the_dispatch_stacks_up_to_what_is_supplied():
    supply = pd.DataFrame(np.array([[2.0, 3.0], [1.0, 1.0]]), index=["grid", "roof"])
    drawn = dispatch_chart(supply, np.array([3.0, 4.0]), "Power", "MW", "en")
    assert drawn.svg.count("<polygon") == 2
    assert "2 sources" in drawn.told


@pytest.mark.parametrize(
    "name", ["国能神皖安庆皖江发电有限责任公司", "Tongcheng packaging cluster"]
)
def test_a_long_name_is_cut_to_its_room(name):
    cut = shortened(name, 90.0)
    assert cut.endswith("…")
    assert text_width(cut, 12.0) <= 90.0
    assert shortened(name, 1e4) == name
