"""The project library's workbook: what it holds, live sums, and names that look like formulas."""

from __future__ import annotations

import zipfile

import pytest
from python_calamine import CalamineWorkbook
from tests.studies.project_park import LINK, PIPE, SOLAR, two_projects, write_list

from circularpark import Study
from circularpark.show.project_book import write_projects
from circularpark.show.records import FIRST

NAMES = ("=1+1", "@sum")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    rows = f"item,project,capacity\n{LINK},{NAMES[0]},{PIPE}\nroof,{NAMES[1]},{SOLAR}\n"
    found = Study(two_projects(folder, rate=0.08)).evaluate(write_list(folder, rows))
    return found, write_projects(found, folder / "out" / "library.xlsx", "en")


def sheets(file):
    book = CalamineWorkbook.from_path(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def column(rows, heading):
    place = rows[FIRST - 2].index(heading)
    return [row[place] for row in rows[FIRST:]]


def test_it_has_a_sheet_for_each_question(written):
    _, file = written
    names = ["项目库", "建设内容", "现金流", "企业间价格", "企业得失", "财务条件"]
    assert list(sheets(file)) == names


def test_values_are_those_of_the_evaluation(written):
    found, file = written
    rows = sheets(file)["项目库"]
    assert column(rows, "净现值")[:2] == pytest.approx(
        [p.finances.after_tax.npv for p in found.projects]
    )
    # Total, then all together: capex adds up, present values do not.
    assert column(rows, "投资")[2:] == pytest.approx([found.finances.capex] * 2)
    assert column(rows, "净现值")[2] == ""
    assert column(rows, "净现值")[3] == pytest.approx(found.finances.after_tax.npv)
    assert column(rows, "减排量（按次序平均）")[2] == pytest.approx(found.together[0])


def test_sums_and_present_values_are_live(written):
    _, file = written
    with zipfile.ZipFile(file) as parts:
        library = parts.read("xl/worksheets/sheet1.xml").decode()
        flows = parts.read("xl/worksheets/sheet3.xml").decode()
    assert "<f>SUBTOTAL(109,H6:H7)</f>" in library
    assert "<f>I6-J6</f>" in library
    assert "NPV(B6,F6:" in flows
    assert "IRR(E6:" in flows


def test_names_that_look_like_formulas_stay_text(written):
    _, file = written
    rows = sheets(file)["项目库"]
    assert set(column(rows, "项目")[:2]) == set(NAMES)
    with zipfile.ZipFile(file) as parts:
        pages = [parts.read(n).decode() for n in parts.namelist() if "worksheets/sheet" in n]
    assert not any("<f>1+1</f>" in page or "<f>sum" in page for page in pages)


def test_terms_stand_with_their_sources(written):
    found, file = written
    rows = sheets(file)["财务条件"]
    assert column(rows, "来源")[: len(found.terms.table)] == list(found.terms.table["source"])
    assert all(column(rows, "可信度"))
