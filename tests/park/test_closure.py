"""Mass and elements close where a recipe is declared closed, and never come out of nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from circularpark.park.checks.closure import elements
from tests.parks import findings_of, found, make_park

ROWS = "item,commodity,property,value,min,max,unit\n"
CONTENTS = "ore,,Cl,2,,,%\nsmelter,slag,Cl,{slag},,,%\nsmelter,metal,Cl,{metal},,,ppm\n"


def park(
    folder: Path,
    *,
    slag: float = 4.0,
    metal: float = 0.0,
    rate: float = 0.5,
    closed: str = "yes",
    rows: str = CONTENTS,
    unit: str = "t",
) -> Path:
    """Ore of 2 % chlorine becomes as much metal as slag."""
    return make_park(
        folder,
        commodities=f"id,kind,unit\nrock,material,t\nmetal,material,t\nslag,waste,{unit}\n",
        technologies=f"id,capacity_of,closed\nsmelter,rock,{closed}\n",
        recipes=(
            "technology,row,commodity,rate\nsmelter,1,rock,-1\n"
            f"smelter,2,metal,0.5\nsmelter,3,slag,{rate}\n"
        ),
        processes="id,site,technology,capacity\nplant,mill,smelter,5\n",
        markets=(
            "id,site,commodity,direction\nore,mill,rock,buy\nout,mill,metal,sell\n"
            "tip,mill,slag,dispose\n"
        ),
        quality=ROWS + rows.format(slag=slag, metal=metal),
    )


def test_what_closes_is_sound(tmp_path: Path) -> None:
    assert [f for f in findings_of(park(tmp_path)) if f.severity == "problem"] == []


@pytest.mark.parametrize("rate", [0.4, 0.6])
def test_a_closed_recipe_whose_mass_does_not_close_is_refused(tmp_path: Path, rate: float) -> None:
    finding = found(park(tmp_path, rate=rate, rows=""), "checks.mass_open")
    assert (finding.severity, finding.file, finding.row) == ("problem", "recipes.csv", 2)
    assert "'smelter'" in finding.message("en")
    assert f"{0.5 + rate:.4g} t come out where 1 t go in" in finding.message("en")


def test_of_an_open_recipe_air_and_vapour_may_be_left_out(tmp_path: Path) -> None:
    codes = {f.code for f in findings_of(park(tmp_path, rate=0.4, closed="", rows=""))}
    assert "checks.mass_open" not in codes


@pytest.mark.parametrize("closed", ["", "yes"])
def test_an_element_from_nothing_is_refused_by_name(tmp_path: Path, closed: str) -> None:
    folder = park(tmp_path, slag=4.0, metal=500, closed=closed)
    finding = found(folder, "checks.element_created")
    assert finding.severity == "problem"
    # 20 kg go in; 20 kg with the slag and 0.25 kg with the metal come out.
    assert "makes Cl from nothing: 20.25 kg come out, at most 20 kg go in" in finding.message("en")


def test_an_element_that_a_closed_recipe_loses_is_refused(tmp_path: Path) -> None:
    finding = found(park(tmp_path, slag=3.0), "checks.element_lost")
    assert "only 15 kg of Cl come out where at least 20 kg go in" in finding.message("en")
    codes = {f.code for f in findings_of(park(tmp_path / "open", slag=3.0, closed=""))}
    assert "checks.element_lost" not in codes


def test_what_is_not_counted_by_mass_cannot_be_told(tmp_path: Path) -> None:
    folder = park(tmp_path, rows="", unit="m3")
    assert found(folder, "checks.closed_unweighed").severity == "warning"


def test_elements_have_names_in_both_languages() -> None:
    assert elements()["chlorine"] == elements()["氯"] == elements()["Cl-"] == "Cl"


def test_an_element_by_another_name_is_still_made_from_nothing(tmp_path: Path) -> None:
    rows = "ore,,氯,2,,,%\nsmelter,slag,Cl,9,,,%\nsmelter,metal,chlorine,0,,,ppm\n"
    folder = park(tmp_path, rows=rows)
    created = found(folder, "checks.element_created")
    # 9 % of half a tonne of slag, of a tonne of ore with 2 %.
    assert (created.values["out"], created.values["in"]) == ("45", "20")
    named = [f for f in findings_of(folder) if f.code == "checks.element_names"]
    assert [(f.severity, f.row, f.values["element"]) for f in named] == [
        ("warning", 3, "Cl"),
        ("warning", 4, "Cl"),
    ]


def test_chinese_findings_have_chinese_quotation_marks(tmp_path: Path) -> None:
    told = found(park(tmp_path, slag=9.0), "checks.element_created").message("zh")
    assert told.startswith("“smelter”凭空产生 Cl")
