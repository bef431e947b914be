"""Pages of studies: every point of the curve has its map, every step its row."""

from __future__ import annotations

import pytest

import circularpark
from circularpark.show.study_pages import draw_macc, draw_pareto, pareto_picture
from circularpark.studies.macc import Macc, macc
from circularpark.studies.pareto import pareto


@pytest.fixture(scope="module")
def study() -> circularpark.Study:
    return circularpark.Study("toy")


@pytest.fixture(scope="module")
def curves() -> Macc:
    return macc(circularpark.Study("huaining-cement"), steps=3)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_point_opens_its_map(study, lang):
    found = pareto(study, ["cost", "co2"], points=4)
    page = draw_pareto(found, lang)
    assert page.count("<details") == len(found.points)
    assert "<script" not in page
    picture = pareto_picture(found, lang)
    assert picture is not None
    # One disc a point, and one for best operation.
    assert picture.svg.count("<circle") == len(found.points) + (
        found.points[0].plan.best is not None
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_step_has_a_bar_and_a_row(curves, lang):
    found = curves
    page = draw_macc(found, lang)
    assert found.steps
    assert page.count("<tr>") == len(found.steps) + 1
    assert "<script" not in page
