"""Hazardous waste: licences of sites, and what named links may carry where."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parks import findings_of, found, make_park

GOODS = "id,kind,unit,hazard,waste_code\nsolvent,waste,t,hazardous_waste,HW06\nash,waste,t,,\n"
SITES = "id,name_zh,name_en,lon,lat,licence\nmill,厂,Mill,117,30.5,\nkiln,窑,Kiln,117.05,30.5,{0}\n"
TABLES = {
    "commodities": GOODS,
    "streams": "id,site,commodity,amount,unit\nspent,mill,solvent,10,t/a\n",
    "markets": "id,site,commodity,direction\nburn,*,solvent,dispose\n",
    "technologies": "id,capacity_of\nburner,solvent\n",
    "recipes": "technology,row,commodity,rate\nburner,1,solvent,-1\n",
    "processes": "id,site,technology,capacity\nplant,kiln,burner,5\n",
    "transports": "id,commodity,max_km,permission\nlorry,solvent,80,hazardous_waste\n",
}


def park(folder: Path, licence: str, **more: str) -> Path:
    path = make_park(folder, **(TABLES | more))
    (path / "sites.csv").write_text(SITES.format(licence), encoding="utf-8")
    for file in path.glob("sites.geojson"):
        file.unlink()
    return path


@pytest.mark.parametrize(("licence", "told"), [("", True), ("HW08", True), ("HW08;HW06", False)])
def test_a_waste_that_nobody_may_take_is_told(tmp_path: Path, licence: str, told: bool) -> None:
    findings = findings_of(park(tmp_path, licence))
    assert [f for f in findings if f.severity == "problem"] == []
    own = [f for f in findings if f.code == "checks.no_licence_holder"]
    assert bool(own) is told
    if told:
        assert "HW06" in own[0].message("en")
        assert "kiln" in own[0].message("zh")


@pytest.mark.parametrize(("mode", "days", "told"), [("annual", 2, True), ("hours", 2, False)])
def test_a_longest_time_that_is_not_seen_is_told(
    tmp_path: Path, mode: str, days: int, told: bool
) -> None:
    store = f"id,site,commodity,capacity,max_days\nshed,mill,ash,5,{days}\n"
    folder = park(tmp_path, "*", storages=store, profiles="x\n" + "1\n" * 72)
    toml = folder / "park.toml"
    hours = f'[time]\nmode = "{mode}"\n' + ("steps = 72\n" if mode == "hours" else "")
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("[time]\n", hours), encoding="utf-8")
    codes = {f.code for f in findings_of(folder)}
    assert ("checks.time_not_seen" in codes) is told


LINK = "id,from,to,commodity,transport,status\nl,mill,kiln,solvent,lorry,{0}\n"


def test_a_named_link_to_a_site_without_a_licence_is_refused(tmp_path: Path) -> None:
    finding = found(park(tmp_path, "HW08", links=LINK.format("")), "checks.no_licence")
    assert (finding.severity, finding.file, finding.row) == ("problem", "links.csv", 2)
    assert finding.message("en") == "'kiln' holds no licence to take 'solvent' (HW06)."
    assert "许可" in finding.fix("zh")


@pytest.mark.parametrize(("licence", "status"), [("*", ""), ("HW06", ""), ("", "forbidden")])
def test_a_holder_or_a_forbidden_link_is_sound(tmp_path: Path, licence: str, status: str) -> None:
    codes = {f.code for f in findings_of(park(tmp_path, licence, links=LINK.format(status)))}
    assert "checks.no_licence" not in codes
