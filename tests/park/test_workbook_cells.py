"""Bad sheets: each oddity is refused, mended or told, naming sheet, row and column."""

from __future__ import annotations

import datetime

import pytest

from circularpark.park import read_park
from tests.park.books import (
    MARKETS,
    PARK,
    STREAMS,
    findings_of,
    make_book,
    only,
    repacked,
    sheet_part,
    told,
)

HEAD = STREAMS[0]


def test_a_sound_workbook_has_no_findings(tmp_path):
    assert findings_of(make_book(tmp_path / "a.xlsx")) == []


def test_merged_cells_are_refused_with_their_range(tmp_path):
    def merge(book, sheets):
        sheets["streams"].merge_range("B2:B3", "mill")

    found = findings_of(make_book(tmp_path / "a.xlsx", merge))
    merged = next(f for f in found if f.code == "workbook.cell.merged")
    assert told(merged)[1:] == ("problem", "a.xlsx · streams", 2, "site")
    assert merged.value == "B2:B3"


def test_hidden_rows_and_sheets_are_told(tmp_path):
    def hide(book, sheets):
        sheets["streams"].set_row(2, None, None, {"hidden": True})
        sheets["markets"].hide()

    found = {told(f) for f in findings_of(make_book(tmp_path / "a.xlsx", hide))}
    assert found == {
        ("workbook.hidden_rows", "warning", "a.xlsx · streams", 3, None),
        ("workbook.sheet.hidden", "warning", "a.xlsx · markets", None, None),
    }


def test_an_error_in_a_cell_is_refused_and_told_once(tmp_path):
    def spoil(book, sheets):
        sheets["streams"].write_formula("D2", "=1/0", None, "#DIV/0!")
        sheets["streams"].write_formula("B3", "=NA()", None, "#N/A")

    found = findings_of(make_book(tmp_path / "a.xlsx", spoil))
    places = [told(f) for f in found if f.severity == "problem"]
    assert places == [
        ("workbook.cell.error", "problem", "a.xlsx · streams", 2, "amount"),
        ("workbook.cell.error", "problem", "a.xlsx · streams", 3, "site"),
    ]
    assert "D2" in found[0].message("en")


def test_a_formula_without_its_result_is_refused(tmp_path):
    def empty(book, sheets):
        sheets["streams"].write_formula("D2", "=2*3", None, "")

    found = only(make_book(tmp_path / "a.xlsx", empty))
    assert told(found) == ("workbook.cell.formula", "problem", "a.xlsx · streams", 2, "amount")


def test_a_formula_with_its_result_is_read(tmp_path):
    def calculate(book, sheets):
        sheets["streams"].write_formula("D2", "=2*3", None, 6)

    park = read_park(make_book(tmp_path / "a.xlsx", calculate))
    assert park.raw["streams"]["amount"].tolist() == [6, 7]


def test_a_formula_that_gives_an_empty_text_is_a_blank(tmp_path):
    def empty(book, sheets):
        sheets["streams"].write_string("F1", "note")
        sheets["streams"].write_formula("F2", '=IF(1,"","x")', None, "x")

    file = make_book(tmp_path / "a.xlsx", empty)
    part = sheet_part(file, "streams")
    repacked(file, lambda p: p.update({part: p[part].replace(b"<v>x</v>", b"<v></v>")}))
    assert findings_of(file) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (datetime.date(2025, 1, 1), "park.number.date"),
        ("2025/13/01", "park.number.date"),
        (45658, "park.number.range"),
    ],
)
def test_a_date_is_no_year(tmp_path, value, code):
    def stamp(book, sheets):
        sheet = book.add_worksheet("records")
        sheet.write_row(0, 0, ["year", "measure", "value", "unit"])
        sheet.write_row(1, 0, ["", "co2", 5, "t"])
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        write = sheet.write_datetime if isinstance(value, datetime.date) else sheet.write
        write(1, 0, value, form) if isinstance(value, datetime.date) else write(1, 0, value)

    found = only(make_book(tmp_path / "a.xlsx", stamp))
    assert told(found) == (code, "problem", "a.xlsx · records", 2, "year")


def test_a_header_on_the_third_row_is_refused_with_a_hint(tmp_path):
    rows = [["Streams of the park"], [], *STREAMS]
    found = findings_of(make_book(tmp_path / "a.xlsx", streams=rows))
    displaced = next(f for f in found if f.code == "park.header.displaced")
    assert told(displaced)[1:4] == ("problem", "a.xlsx · streams", 3)


def test_two_header_rows_are_refused(tmp_path):
    rows = [[*HEAD, "today"], ["", "", "", "ton", "", "ton"], [*STREAMS[1], 5], [*STREAMS[2], 7]]
    found = findings_of(make_book(tmp_path / "a.xlsx", streams=rows))
    assert ("park.header.second", "a.xlsx · streams", 2) in {(f.code, f.file, f.row) for f in found}


def test_columns_that_are_twice_there_or_renamed_are_refused(tmp_path):
    twice = [[*HEAD, "amount"], [*STREAMS[1], 6], [*STREAMS[2], 6]]
    assert only(make_book(tmp_path / "a.xlsx", streams=twice)).code == "park.header.duplicate"
    renamed = [["id", "site", "commodity", "Amount", "unit"], *STREAMS[1:]]
    found = findings_of(make_book(tmp_path / "b.xlsx", streams=renamed))
    assert "park.header.renamed" in {f.code for f in found}


def test_an_extra_column_is_told_and_kept(tmp_path):
    rows = [[*HEAD, "Wetterlage"], [*STREAMS[1], "mild"], [*STREAMS[2], ""]]
    file = make_book(tmp_path / "a.xlsx", streams=rows)
    found = only(file)
    assert told(found)[:3] == ("park.header.unknown", "warning", "a.xlsx · streams")
    assert read_park(file).given["streams"]["Wetterlage"].tolist() == ["mild", ""]


def test_a_row_of_totals_is_refused(tmp_path):
    rows = [*STREAMS, ["合计", "", "", 12, "t/h"]]
    found = only(make_book(tmp_path / "a.xlsx", streams=rows))
    assert told(found)[:4] == ("park.csv.totals", "problem", "a.xlsx · streams", 4)


def test_numbers_stored_as_text_are_read_and_told(tmp_path):
    rows = [HEAD, ["s1", "mill", "ash", "5", "t/h"], ["s2", "farm", "ash", "7.5", "t/h"]]

    def as_text(book, sheets):
        for row, text in ((1, "5"), (2, "7.5")):
            sheets["streams"].write_string(row, 3, text)

    file = make_book(tmp_path / "a.xlsx", as_text, streams=rows)
    found = only(file)
    assert told(found) == ("park.number.text", "fixed", "a.xlsx · streams", 2, "amount")
    assert "(+1)" in found.message("en")
    assert read_park(file).raw["streams"]["amount"].tolist() == [5, 7.5]


def test_a_unit_in_the_header_is_read(tmp_path):
    rows = [["id", "site", "commodity", "amount [t/h]"], *(row[:4] for row in STREAMS[1:])]
    found = only(make_book(tmp_path / "a.xlsx", streams=rows))
    assert told(found)[:2] == ("park.header.unit_read", "fixed")


def test_more_rows_than_a_park_can_have_are_refused_by_the_guard(tmp_path):
    file = make_book(tmp_path / "a.xlsx")
    part = sheet_part(file, "streams")
    row = b'<row r="1000002"><c r="A1000002"><v>1</v></c></row></sheetData>'
    repacked(file, lambda p: p.update({part: p[part].replace(b"</sheetData>", row)}))
    found = only(file)
    assert (found.code, found.values["rows"]) == ("workbook.file.sparse", 1_000_002)


@pytest.mark.parametrize(
    ("name", "near"),
    [("markets (2)", "markets"), ("market", "markets"), ("买卖", "markets")],
)
def test_a_renamed_sheet_is_refused_with_the_name_that_it_had(tmp_path, name, near):
    def rename(book, sheets):
        sheets["markets"].name = name

    found = findings_of(make_book(tmp_path / "a.xlsx", rename, markets=MARKETS))
    renamed = next(f for f in found if f.code == "workbook.sheet.renamed")
    assert told(renamed)[1:3] == ("problem", f"a.xlsx · {name}")
    assert renamed.values["near"] == near


def test_a_sheet_spelt_in_capitals_is_read_and_told(tmp_path):
    def rename(book, sheets):
        sheets["markets"].name = "Markets "

    found = only(make_book(tmp_path / "a.xlsx", rename))
    assert told(found)[:3] == ("workbook.sheet.spelt", "fixed", "a.xlsx · Markets ")


def test_a_sheet_of_one_s_own_is_told_and_left_alone(tmp_path):
    found = only(make_book(tmp_path / "a.xlsx", contacts=[["Ms Wang", "0556-1234"]]))
    assert told(found)[:3] == ("workbook.sheet.unknown", "warning", "a.xlsx · contacts")


def test_an_empty_extra_sheet_is_no_matter(tmp_path):
    assert findings_of(make_book(tmp_path / "a.xlsx", Sheet1=[])) == []


def test_a_workbook_without_settings_says_what_to_add(tmp_path):
    def rename(book, sheets):
        sheets["park"].name = "settings"

    codes = {f.code for f in findings_of(make_book(tmp_path / "a.xlsx", rename))}
    assert "workbook.no_park" in codes


def test_a_setting_given_twice_is_refused(tmp_path):
    rows = [*PARK, ["park", "currency", "EUR"]]
    found = only(make_book(tmp_path / "a.xlsx", park=rows))
    assert told(found)[1:] == ("problem", "a.xlsx · park", 8, "park.currency")


@pytest.mark.parametrize("owner", ["../../up", "/root", "a/b", "C:x", ".", "..", "a\\b", "x."])
def test_an_owner_is_a_name_and_never_a_path(tmp_path, owner):
    rows = [[*HEAD, "owner"], [*STREAMS[1], owner], [*STREAMS[2], ""]]
    found = findings_of(make_book(tmp_path / "a.xlsx", streams=rows))
    places = [told(f) for f in found if f.severity == "problem"]
    assert places == [("workbook.owner", "problem", "a.xlsx · streams", 2, "owner")]


def test_a_missing_table_is_told_by_its_sheet(tmp_path):
    def rename(book, sheets):
        sheets["sites"].name = "where"

    rows = [["name", "place"], ["mill", "north"]]
    found = findings_of(make_book(tmp_path / "a.xlsx", rename, sites=rows))
    assert ("park.folder.no_sites", "a.xlsx · sites") in {(f.code, f.file) for f in found}


def test_geometry_that_is_no_geometry_is_refused_at_its_row(tmp_path):
    rows = [
        ["id", "geometry"],
        ["mill", '{"type": "Point", "coordinates": [117, 30]}'],
        ["farm", "x"],
    ]
    found = findings_of(make_book(tmp_path / "a.xlsx", sites=rows))
    bad = [told(f) for f in found if f.severity == "problem"]
    assert bad == [("geo.not_geojson", "problem", "a.xlsx · sites", 3, "geometry")]
