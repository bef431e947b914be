"""A questionnaire of one page goes out, comes back filled, and is merged with the others."""

from __future__ import annotations

import numpy as np
import pytest
import xlsxwriter
from python_calamine import load_workbook

from circularpark import read_park
from circularpark.errors import ParkDataError
from circularpark.park import write_park
from circularpark.park.workbook.layout import HEADER_ROWS, QUESTIONNAIRE
from circularpark.park.workbook.merge import merge_questionnaires, read_filled
from circularpark.park.workbook.questionnaire import SECTIONS, companies, write_questionnaires
from circularpark.physics.formulas import FORMULAS
from tests.parks import make_park

SITES = (
    "id,lon,lat,company\nmill,117.00,30.50,Acme Paper\nboiler,117.002,30.5,Acme Paper\n"
    "farm,117.01,30.51,\n"
)
STREAMS = (
    "id,site,commodity,amount,unit,profile,source\nm1,mill,ash,5.0,t/h,,meter\n"
    "m2,boiler,ash,2,t/h,,meter\nf1,farm,ash,1,t/h,,guess\n"
)
RECORDS = "year,measure,company,value,unit\n2024,co2,Acme Paper,900,t\n2024,co2,farm,10,t\n"
ASH_OUT = "id,site,commodity,direction\nash_out,*,ash,dispose\nsteam_in,*,steam,buy\n"


@pytest.fixture
def folder(tmp_path):
    """A park of two companies; one of them has two sites."""
    return make_park(
        tmp_path / "park", sites=SITES, streams=STREAMS, records=RECORDS, markets=ASH_OUT
    )


@pytest.fixture
def page(folder, tmp_path):
    """The questionnaire of the company with two sites."""
    (file,) = write_questionnaires(read_park(folder), "Acme Paper", tmp_path / "acme.xlsx")
    return file


def refilled(file, changes, new=None):
    """The questionnaire as a company might send it back: (row, machine name) -> text, in place.

    ``new`` maps a section to rows that are put into its blank ones.
    """
    book = load_workbook(str(file))
    rows = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}
    grid = rows[QUESTIONNAIRE]
    starts = {row[0]: at for at, row in enumerate(grid) if row[0] in SECTIONS}
    for section, added in (new or {}).items():
        heads = grid[starts[section] + 1]
        at = starts[section] + 1 + HEADER_ROWS
        while any(grid[at]):
            at += 1
        for offset, cells in enumerate(added):
            for name, value in cells.items():
                grid[at + offset][heads.index(name)] = value
    for (section, key, name), value in changes.items():
        heads = grid[starts[section] + 1]
        at = next(i for i in range(starts[section] + 5, len(grid)) if grid[i][1] == key)
        if name is None:
            grid[at] = [""] * len(grid[at])
        else:
            grid[at][heads.index(name)] = value
    out = xlsxwriter.Workbook(str(file))
    for name, cells in rows.items():
        sheet = out.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    out.close()
    return file


def streams_of(park):
    """Each stream's amount by its id."""
    frame = park.tables.streams
    return dict(zip(frame["id"], frame["amount"], strict=True))


def test_a_site_without_company_is_a_company_of_its_own(folder):
    assert companies(read_park(folder)) == ("Acme Paper", "farm")


def test_a_company_sees_its_own_rows_only(page):
    filled = read_filled(page)
    assert filled.company == "Acme Paper"
    assert [cells["id"] for _, cells in filled.rows["sites"]] == ["mill", "boiler"]
    assert [cells["id"] for _, cells in filled.rows["streams"]] == ["m1", "m2"]
    assert [cells["value"] for _, cells in filled.rows["records"]] == ["900"]
    whole = load_workbook(str(page))
    shown = [
        str(c) for s in whole.sheet_names for r in whole.get_sheet_by_name(s).to_python() for c in r
    ]
    assert not [text for text in shown if "farm" in text or "f1" in text or text == "dispose"]


def test_a_company_is_found_by_its_site_and_a_stranger_is_not(folder, tmp_path):
    park = read_park(folder)
    (file,) = write_questionnaires(park, "boiler", tmp_path / "b.xlsx")
    assert read_filled(file).company == "Acme Paper"
    with pytest.raises(ParkDataError, match="The nearest is: Acme Paper"):
        write_questionnaires(park, "Acme Papr", tmp_path / "c.xlsx")


def test_merged_unchanged_the_park_stays_as_it_was(folder, tmp_path):
    park = read_park(folder)
    pages = write_questionnaires(park, "all", tmp_path / "pages")
    merged = merge_questionnaires(pages, folder)
    for name, sheet in park.given.items():
        assert {c: v.tolist() for c, v in merged.given[name].items()} == {
            c: v.tolist() for c, v in sheet.items()
        }, name


def test_a_demo_park_survives_its_questionnaires(tmp_path):
    park = read_park("anqing-hightech")
    pages = [
        write_questionnaires(park, company, tmp_path / f"{number}.xlsx")[0]
        for number, company in enumerate(companies(park)[:6])
    ]
    merged = merge_questionnaires(pages, "anqing-hightech", formulas=FORMULAS)
    one, two = write_park(park, tmp_path / "a"), write_park(merged, tmp_path / "b")
    for file in sorted(path.relative_to(one) for path in one.rglob("*.*")):
        if (one / file).is_file():
            assert (two / file).read_bytes() == (one / file).read_bytes(), file


def test_answers_change_the_park_and_nothing_else(folder, page):
    refilled(
        page,
        {("streams", "m1", "amount"): 6.5, ("streams", "m2", None): None},
        {"streams": [{"commodity": "ash", "site": "mill", "amount": 3, "unit": "t/h"}],
         "records": [{"year": 2025, "measure": "co2", "value": 800, "unit": "t"}]},
    )  # fmt: skip
    park = merge_questionnaires([page], folder)
    assert streams_of(park) == {"m1": 6.5, "f1": 1, "mill_ash": 3}
    assert park.raw["streams"]["_owner"].tolist() == ["", "", "Acme Paper"]
    records = park.raw["records"]
    assert list(zip(records["company"], records["value"], strict=True)) == [
        ("farm", 10), ("Acme Paper", 900), ("Acme Paper", 800),
    ]  # fmt: skip
    removed = [f for f in park.findings if f.code == "workbook.merge.removed"]
    assert [(f.file, f.value) for f in removed] == [("acme.xlsx · questionnaire", "m2")]


def test_columns_that_are_not_on_the_page_are_kept(folder, page):
    text = (folder / "streams.csv").read_text(encoding="utf-8")
    (folder / "profiles.csv").write_text("day\n1\n2\n", encoding="utf-8")
    (folder / "streams.csv").write_text(text.replace("t/h,,meter", "t/h,day,meter"), "utf-8")
    refilled(page, {("streams", "m1", "amount"): 6.5})
    park = merge_questionnaires([page], folder)
    row = park.raw["streams"].set_index("id").loc["m1"]
    assert (row["amount"], row["profile"]) == (6.5, "day")


def test_a_new_park_is_made_of_questionnaires_alone(folder, page, tmp_path):
    (other,) = write_questionnaires(read_park(folder), "farm", tmp_path / "farm.xlsx")
    park = merge_questionnaires([page, other])
    write_park(park, tmp_path / "new")
    again = read_park(tmp_path / "new")
    assert again.id == "tiny"
    assert streams_of(again) == {"m1": 5, "m2": 2, "f1": 1}
    assert (tmp_path / "new" / "companies" / "Acme Paper" / "streams.csv").is_file()
    np.testing.assert_allclose(again.tables.sites["lon"], [117, 117.002, 117.01])


def test_a_problem_names_the_questionnaire_its_row_and_column(folder, page):
    refilled(page, {("streams", "m1", "amount"): "about 5"})
    with pytest.raises(ParkDataError) as caught:
        merge_questionnaires([page], folder)
    (found,) = [f for f in caught.value.findings if f.severity == "problem"]
    assert (found.file, found.column) == ("acme.xlsx · questionnaire", "amount")
    rows = (
        load_workbook(str(page)).get_sheet_by_name(QUESTIONNAIRE).to_python(skip_empty_area=False)
    )
    assert rows[found.row - 1][1] == "m1"


def test_a_company_cannot_write_into_another_s_rows(folder, page):
    rows = [{"id": "f1", "commodity": "ash", "site": "farm", "amount": 99, "unit": "t/h"}]
    refilled(page, {}, {"streams": rows})
    with pytest.raises(ParkDataError) as caught:
        merge_questionnaires([page], folder)
    codes = {f.code for f in caught.value.findings}
    assert {"workbook.merge.foreign_id", "workbook.merge.foreign_site"} <= codes


def test_one_company_answers_once(folder, page, tmp_path):
    copy = tmp_path / "again.xlsx"
    copy.write_bytes(page.read_bytes())
    with pytest.raises(ParkDataError, match=r"the other is acme\.xlsx"):
        merge_questionnaires([page, copy], folder)


def test_questionnaires_of_another_park_are_refused(page):
    with pytest.raises(ParkDataError, match="belongs to the park 'tiny', not to 'toy'"):
        merge_questionnaires([page], "toy")


def test_a_questionnaire_is_no_park_and_a_park_no_questionnaire(folder, page, tmp_path):
    with pytest.raises(ParkDataError, match="a company's questionnaire, not a park"):
        read_park(page)
    from circularpark.park.workbook.write import write_workbook

    book = write_workbook(read_park(folder), tmp_path / "park.xlsx")
    with pytest.raises(ParkDataError, match="no sheet named questionnaire"):
        merge_questionnaires([book], folder)


def test_a_company_whose_name_is_a_path_is_refused(page):
    book = load_workbook(str(page))
    rows = {s: book.get_sheet_by_name(s).to_python(skip_empty_area=False) for s in book.sheet_names}
    rows[QUESTIONNAIRE][0][1] = "../../up"
    out = xlsxwriter.Workbook(str(page))
    for name, cells in rows.items():
        sheet = out.add_worksheet(name)
        for number, row in enumerate(cells):
            sheet.write_row(number, 0, row)
    out.close()
    with pytest.raises(ParkDataError, match="cannot be the name of a company's folder"):
        merge_questionnaires([page])


def test_a_site_that_says_where_it_stands_has_moved(tmp_path):
    park = read_park("anqing-hightech")
    (page,) = write_questionnaires(park, "Sinopec Anqing", tmp_path / "s.xlsx")
    refilled(page, {("sites", "sinopec_aq", "lon"): 117.02})
    merged = merge_questionnaires([page], "anqing-hightech", formulas=FORMULAS)
    sites = merged.raw["sites"].set_index("id")
    before = park.raw["sites"].set_index("id")
    assert sites.loc["sinopec_aq", "geometry"].x == pytest.approx(117.02)
    assert sites.loc["kaimeite", "geometry"].equals(before.loc["kaimeite", "geometry"])
