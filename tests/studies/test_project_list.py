"""Lists of projects and terms that people bring: read in both languages, or told what is wrong."""

from __future__ import annotations

import json

import pytest
import xlsxwriter

from circularpark import ParkDataError, Study
from circularpark.cli.main import run
from circularpark.show.project_book import write_projects
from tests.studies.project_park import BOTH, LINK, two_projects, write_list


def of(found, name):
    return next(p for p in found.projects if p.id == name)


def near(value, size=1.0):
    return pytest.approx(value, rel=1e-5, abs=1e-5 * size)


def wrongs(folder, text, name="list.csv"):
    with pytest.raises(ParkDataError) as caught:
        Study(two_projects(folder)).evaluate(write_list(folder, text, name))
    return {(f.code.removeprefix("evaluate."), f.row, f.column) for f in caught.value.findings}


def test_all_bad_cells_are_told_at_once(tmp_path):
    text = (
        "item,project,capacity,unit,capex,capex_most,loan_share,year\n"
        "roofs,a,1,,,,,\n"
        f"{LINK},b,7,t/h,5,4,,\n"
        "roof,c,nine,,,,170,\n"
        "roof,c,-1,,-5,,,1999\n"
        ",d,,,,,,\n"
    )
    assert wrongs(tmp_path, text) == {
        ("unknown", 2, "item"),
        ("unit", 3, "unit"),
        ("range", 3, "capex_most"),
        ("park.number.no_number", 4, "capacity"),
        ("above", 4, "loan_share"),
        ("item_twice", 5, "item"),
        ("not_positive", 5, "capacity"),
        ("negative", 5, "capex"),
        ("blank", 6, "item"),
        ("blank", 6, "capacity"),
    }


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", {("empty", None, None)}),
        ("item,capacity\n", {("empty", None, None)}),
        ("thing,capacity\nroof,2\n", {("column", 1, "thing"), ("no_column", 1, "item")}),
        ("item,capacity,capacity\nroof,2,2\n", {("column_twice", 1, "capacity")}),
        ("item,capacity\nroof,9\n", {("too_large", 2, "capacity")}),
        ("item,capacity,year\nroof,2,2026\n", {("year", 2, "year")}),
        ("item,capacity,capex_least\nroof,2,5\n", {("range_of_none", 2, "capex_least")}),
    ],
)
def test_a_list_that_cannot_be(tmp_path, text, wrong):
    assert wrongs(tmp_path, text) == wrong


def test_a_subsidy_is_said_once_a_project(tmp_path):
    text = f"item,project,capacity,subsidy\n{LINK},a,6,100\nroof,a,8,200\n"
    assert wrongs(tmp_path, text) == {("said_twice", 3, "subsidy")}


def test_a_list_in_excel_with_chinese_headings_is_the_same(tmp_path):
    plain = Study(two_projects(tmp_path)).evaluate(write_list(tmp_path, BOTH))
    file = tmp_path / "清单.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet("项目")
    rows = [["设施", "项目", "容量", "单位"], [LINK, "pipe", 6, "MW"], ["roof", "sun", 8, ""]]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    found = Study(two_projects(tmp_path)).evaluate(file)
    assert of(found, "pipe").values == of(plain, "pipe").values


def test_the_librarys_sheet_of_what_is_built_is_a_list(tmp_path):
    study = Study(two_projects(tmp_path, rate=0.08))
    plan = study.evaluate()
    again = study.evaluate(write_projects(plan, tmp_path / "library.xlsx", "zh"))
    assert len(again.projects) == 2
    assert again.together == near(plan.together)
    for one, two in zip(plan.projects, again.projects, strict=True):
        # A plan's capacities are held within a millionth.
        a, b = one.finances, two.finances
        assert b.after_tax.npv == near(a.after_tax.npv, a.capex)
        assert (b.low, b.high) == near((a.low, a.high), a.capex)


def test_bad_rows_end_the_command_with_the_contracts_code(tmp_path, capsys):
    park = str(two_projects(tmp_path))
    bad = str(write_list(tmp_path, "item,capacity\nroofs,1\nroof,99\n"))
    assert run(["evaluate", park, "--projects", bad, "--json"]) == 3
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(p["row"], p["column"]) for p in problems] == [(2, "item"), (3, "capacity")]
    assert "roof" in problems[0]["fix"]
    assert run(["evaluate", park, "--projects", str(tmp_path / "none.csv")]) == 2


def test_terms_of_ones_own_are_checked(tmp_path, capsys):
    park = str(two_projects(tmp_path))
    terms = write_list(tmp_path, "id,value\nincome_tax,250\nluck,1\nloan_years,2.5\n", "terms.csv")
    assert run(["evaluate", park, "--terms", str(terms), "--json"]) == 3
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(p["row"], p["column"]) for p in problems] == [(2, "value"), (3, "id"), (4, "value")]
    good = write_list(tmp_path, "id,value\nincome_tax,15\n", "good.csv")
    assert run(["evaluate", park, "--terms", str(good), "--json", "--runs", "0"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert next(t for t in told["terms"] if t["id"] == "income_tax")["value"] == 15
