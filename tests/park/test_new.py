"""The template park: it reads, checks and solves as it stands, and overwrites nothing."""

from __future__ import annotations

import csv
import re

import pytest

import circularpark
from circularpark import ParkDataError
from circularpark.park.new import new_park, template_files
from circularpark.park.schema import tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return new_park(tmp_path_factory.mktemp("new") / "mine")


def test_the_template_has_no_findings(folder):
    park = circularpark.read_park(folder)
    assert park.findings == ()
    assert set(park.tables.sites["id"]) == {"boiler_house", "dyeing_mill", "greenhouse"}


def test_the_template_solves_within_its_budget_and_saves_co2(folder):
    plan = circularpark.solve(circularpark.read_park(folder))
    answer = plan.summary()
    assert answer["status"] == "optimal"
    assert answer["certificate"]["ok"]
    assert answer["measures"]["capex"]["2025"] <= 12_000_000 * (1 + 1e-6)
    assert answer["measures"]["co2"]["2025"] < 0.6 * answer["baseline"]["co2"]["2025"]


def test_what_the_meters_say_is_what_the_equipment_needs(folder):
    """9 MW of steam over 1 km at 2 % loss: 9.18 MW, and 0.20904 t of coal for each."""
    park = circularpark.read_park(folder)
    today = park.tables.processes.set_index("id")["today"]
    assert today["coal_boiler"] == pytest.approx(9 / 0.98, rel=1e-3)
    bought = park.tables.markets.set_index("id")["today"]
    assert bought["coal_river"] == pytest.approx(9.18 * 0.20904, rel=1e-2)
    assert bought["natural_gas_pipe"] == pytest.approx(4 * 99.97, rel=1e-2)


def test_the_readme_explains_every_file_in_both_languages(folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    for file in template_files():
        if file.name != "README.md":
            row = next(line for line in text.splitlines() if line.startswith(f"| `{file.name}`"))
            _, _, english, chinese, _ = row.split("|")
            assert re.search("[a-z]{4}", english)
            assert re.search("[一-鿿]{2}", chinese)


def test_the_template_has_only_declared_columns_that_it_uses(folder):
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert set(rows[0]) <= set(tables()[path.stem].names)
        for column in rows[0]:
            assert any(row[column] for row in rows), (path.name, column)


@pytest.mark.parametrize("taken", ["folder", "file"])
def test_nothing_is_written_over(tmp_path, taken):
    mine = tmp_path / "mine"
    if taken == "folder":
        mine.mkdir()
        (mine / "sites.csv").write_text("id\nmy_site\n", encoding="utf-8")
    else:
        mine.write_text("notes", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ParkDataError) as refused:
        new_park(mine)
    assert sorted(tmp_path.rglob("*")) == before
    assert str(mine) in refused.value.text("zh")
    assert "空文件夹" in refused.value.text("zh")


def test_an_empty_folder_may_be_filled(tmp_path):
    assert {f.name for f in new_park(tmp_path).iterdir()} == {f.name for f in template_files()}
