"""Pictures by their names, as notebooks ask for them."""

from __future__ import annotations

import pytest

import circularpark
from circularpark.show import named_tables, picture
from circularpark.show.pictures import MAKERS

OF_STUDIES = {"macc": "macc", "projects": "macc", "pareto": "pareto"}
# What a park of one year and one mean hour has none of.
OF_TIME = {"dispatch", "duration", "pathway"}


@pytest.fixture(scope="module")
def study() -> circularpark.Study:
    return circularpark.Study("huaining-cement")


@pytest.fixture(scope="module")
def found(study) -> dict[str, object]:
    return {
        "plan": study.plan(), "macc": study.macc(steps=2), "pareto": study.pareto(points=3)
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(set(MAKERS) - OF_TIME))
def test_every_name_draws_its_picture(found, name, lang):
    drawn = picture(found[OF_STUDIES.get(name, "plan")], name, lang)
    wanted = {"difference": "difference", "sankey": "sankey"}.get(name, name)
    assert drawn.name.startswith(wanted)
    assert drawn._repr_svg_().startswith("<svg")


@pytest.mark.parametrize("name", sorted(OF_TIME))
def test_what_there_is_nothing_of_is_told(found, name):
    with pytest.raises(ValueError, match=name):
        picture(found["plan"], name)


def test_an_unknown_name_is_no_picture(found):
    with pytest.raises(KeyError):
        picture(found["plan"], "portrait")


def test_an_evaluation_has_its_projects(study):
    assert picture(study.evaluate(runs=0), "projects", "zh").name == "projects"


def test_tables_have_names_before_ids(found):
    tables = named_tables(found["plan"])
    assert list(tables["matches"].columns[:4]) == ["year", "site_zh", "site_en", "source_zh"]
    assert tables["flows"].columns[-2] == "id"
