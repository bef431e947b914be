"""A park as a workbook: the template, and the way there and back without a loss."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import load_workbook
from shapely.geometry import mapping

from circularpark import read_park
from circularpark.errors import ParkDataError
from circularpark.park import case_names, demo_parks, write_park
from circularpark.park.formats import MOJIBAKE
from circularpark.park.schema import settings_keys, tables
from circularpark.park.units import factor
from circularpark.park.workbook.child import number_text
from circularpark.park.workbook.layout import (
    LAYERS,
    LISTS,
    README,
    is_label_row,
    label,
    unit_label,
)
from circularpark.park.workbook.lists import UNITS
from circularpark.park.workbook.pen import fixed_decimals, pieces
from circularpark.park.workbook.settings import rows_of_settings, tree_of
from circularpark.park.workbook.write import write_workbook
from circularpark.words import LANGUAGES
from tests.park.books import COMMODITIES, PARK, findings_of, make_book, only
from tests.parks import MARKETS, add_case, make_park


def files_of(folder: Path) -> dict[str, bytes]:
    """The data files of a park's folder: name -> bytes."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".md")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def there_and_back(park, folder: Path):
    """The files of the park written directly, and by way of a workbook; and the workbook's park."""
    direct = files_of(write_park(park, folder / "direct"))
    again = read_park(write_workbook(park, folder / "park.xlsx"))
    return direct, files_of(write_park(again, folder / "by_workbook")), again


@pytest.mark.parametrize("name", demo_parks())
def test_folder_to_workbook_to_folder_is_identical(name, tmp_path):
    park = read_park(name)
    direct, by_workbook, again = there_and_back(park, tmp_path)
    assert by_workbook == direct
    assert [f.code for f in again.findings] == [f.code for f in park.findings]
    assert again.settings == park.settings
    for table, frame in park.raw.items():
        shown = [c for c in frame.columns if c not in {"_file", "_row"}]
        other = again.raw[table]
        for column in shown:
            ours, theirs = frame[column].to_numpy(), other[column].to_numpy()
            if ours.dtype == object:
                assert ours.tolist() == theirs.tolist(), (table, column)
            else:
                np.testing.assert_array_equal(ours, theirs, err_msg=f"{table}.{column}")


def test_a_park_with_everything_comes_back_identical(tmp_path):
    folder = make_park(
        tmp_path / "park",
        toml='[park]\nid = "all"\nname = "Plain name"\ncurrency = "EUR"\nprice_year = 2025\n'
        "catalogue = false\ndiscount_rate = 0.0\n[time]\nyears = [2025, 2030]\n"
        '[objective]\nthen = [["cost"], { co2 = 0.5, cost = 2 }]\n'
        "[objective.minimise]\nco2 = 1\ncost = 0.002\n",
        streams="note,id,site,commodity,amount,unit,weather\n"
        '"=1+1, a ""quoted"" line\nand another",s1,mill,ash,5.50,t/h,mild\n'
        "-x,s2,farm,ash,1e0,t/h,7\n@y,s3,farm,ash,0.30000000000000004,t/h,007\n",
        markets=MARKETS.replace("direction", "direction,water,"),
        profiles="period,day,night\na,0.10,1\nb,1,0.5000\n",
        periods="period,year\na,2025\nb,2030\n",
    )
    (folder / "companies" / "mill").mkdir(parents=True)
    (folder / "companies" / "mill" / "demands.csv").write_text(
        "id,site,commodity,amount,unit\nd1,mill,steam,+3,MWh/h\n", encoding="utf-8"
    )
    park = read_park(folder)
    direct, by_workbook, again = there_and_back(park, tmp_path)
    assert by_workbook == direct
    assert "companies/mill/demands.csv" in by_workbook
    assert again.raw["demands"]["_owner"].tolist() == ["mill"]
    assert again.raw["streams"]["amount"].tolist() == [5.5, 1, 0.1 + 0.2]


def test_maps_and_cases_come_back_identical(tmp_path):
    far = [[117 + i / 7e4, 30.5 + (i % 7) / 9e5] for i in range(3000)]
    lake = {"type": "LineString", "coordinates": far}
    sites = [
        feature({"id": "mill", "area_mu": "12.5"}, {"type": "Point", "coordinates": [117, 30.1]}),
        feature({"id": "farm", "sector": "农业"}, None),
    ]
    folder = make_park(tmp_path / "park")
    (folder / "sites.csv").unlink()
    for name, features in {
        "sites": sites,
        "corridors": [feature({"id": "road"}, lake)],
        "lake": [feature({"depth": 3, "deep": None, "names": ["a", {"b": 1.5}]}, lake)],
        "empty": [],
    }.items():
        text = json.dumps({"type": "FeatureCollection", "features": features})
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8")
    case = '# why\n[case]\nname = "dry"\n\n[[change]]\n  table = "time"\n  set = { steps = 4 }\n'
    add_case(folder, "dry", case)
    direct, by_workbook, again = there_and_back(read_park(folder), tmp_path)
    assert by_workbook == direct
    assert {"sites.geojson", "empty.geojson", "cases/dry.toml"} <= set(by_workbook)
    assert mapping(again.raw["corridors"]["geometry"][0]) == mapping(
        read_park(folder).raw["corridors"]["geometry"][0]
    )
    assert case_names(tmp_path / "park.xlsx") == ("dry",)
    assert read_park(tmp_path / "park.xlsx", case="dry").case == "dry"


def feature(properties, geometry):
    """One feature of GeoJSON."""
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_odd_signs_come_back_identical(tmp_path):
    notes = ["_x000D_", "a_x0041_b", "tab\there", "bell \x07", "<&>\"'", "😀 汉字", "'quoted"]
    rows = "".join(
        f's{i},mill,ash,1,t/h,"{note.replace(chr(34), chr(34) * 2)}"\n'
        for i, note in enumerate(notes)
    )
    text = f"id,site,commodity,amount,unit,note\n{rows}"
    park = read_park(make_park(tmp_path / "park", streams=text, markets=MARKETS))
    direct, by_workbook, again = there_and_back(park, tmp_path)
    assert again.given["streams"]["note"].tolist() == notes
    assert by_workbook == direct


def test_what_no_sheet_can_hold_is_refused_before_writing(tmp_path):
    text = f"id,site,commodity,amount,unit,note\ns1,mill,ash,1,t/h,{'x' * 33_000}\n"
    park = read_park(make_park(tmp_path / "park", streams=text, markets=MARKETS))
    with pytest.raises(ParkDataError, match="33000 characters; a cell takes 32767"):
        write_workbook(park, tmp_path / "park.xlsx")
    assert not (tmp_path / "park.xlsx").exists()


# Text that looks spoilt by a wrong encoding is refused on reading, so none of it gets this far.
SOUND = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf"]), max_size=30
).filter(lambda note: not MOJIBAKE.search(note))


@settings(deadline=None, max_examples=3, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    notes=st.lists(SOUND, min_size=20, max_size=20),
    amounts=st.lists(st.floats(1e-9, 1e9), min_size=20, max_size=20),
)
def test_any_text_and_number_comes_back(notes, amounts, tmp_path_factory):
    rows = [
        f's{i},mill,ash,{amount!r},t/h,"{note.replace(chr(34), "")}"'
        for i, (note, amount) in enumerate(zip(notes, amounts, strict=True))
    ]
    text = "id,site,commodity,amount,unit,note\n" + "\n".join(rows) + "\n"
    folder = tmp_path_factory.mktemp("any")
    park = read_park(make_park(folder / "park", streams=text, markets=MARKETS))
    direct, by_workbook, again = there_and_back(park, folder)
    assert by_workbook == direct
    assert again.raw["streams"]["amount"].tolist() == amounts


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The workbook of a demo park, opened by the reader of values alone."""
    file = write_workbook(read_park("anqing-hightech"), tmp_path_factory.mktemp("t") / "a.xlsx")
    return file, load_workbook(str(file))


def test_the_readme_comes_first_and_the_lists_last(template):
    _, book = template
    assert book.sheet_names[0] == README
    assert book.sheet_names[-1] == LISTS
    assert set(tables()) <= set(book.sheet_names)


def test_four_header_rows_stand_above_the_data(template):
    _, book = template
    rows = book.get_sheet_by_name("streams").to_python(skip_empty_area=False)
    at = rows[0].index("supply_temp")
    assert [row[at] for row in rows[:4]] == ["supply_temp", "起始温度", "Supply temperature", "°C"]
    assert rows[4][0] == "sinopec_refinery_gas"
    assert rows[4][rows[0].index("amount")] == 240000


def test_money_is_in_the_park_s_currency(template):
    _, book = template
    rows = book.get_sheet_by_name("markets").to_python(skip_empty_area=False)
    assert rows[3][rows[0].index("price")] == "CNY/unit"


def test_drop_downs_call_names_that_point_at_lists(template):
    file, _ = template
    with zipfile.ZipFile(file) as archive:
        names = archive.read("xl/workbook.xml").decode()
        streams = next(
            text
            for part in archive.namelist()
            if part.startswith("xl/worksheets/sheet")
            and "<formula1>ids_sites</formula1>" in (text := archive.read(part).decode())
        )
    assert "<formula1>list_choices_streams_surplus</formula1>" in streams or (
        "<formula1>list_choices_commodities_surplus</formula1>" in streams
    )
    assert '<definedName name="ids_sites">OFFSET(sites!$A$5' in names
    assert f"{LISTS}!$" in names


def test_text_that_looks_like_a_formula_is_text(tmp_path):
    streams = "id,site,commodity,amount,unit,note\ns1,mill,ash,1,t/h,=HYPERLINK(1)\n"
    park = read_park(make_park(tmp_path / "park", streams=streams, markets=MARKETS))
    file = write_workbook(park, tmp_path / "park.xlsx")
    with zipfile.ZipFile(file) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "/sheet" in n]
        assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()
    assert not any("<f>" in sheet for sheet in sheets)


def test_a_plain_workbook_without_the_template_s_rows_is_read(tmp_path):
    park = read_park(make_book(tmp_path / "plain.xlsx"))
    assert park.id == "tiny"
    assert park.folder is None
    assert park.settings.years == (2025,)
    assert park.raw["streams"]["amount"].tolist() == [5, 7]
    assert park.raw["streams"]["_file"].tolist() == ["plain.xlsx · streams"] * 2
    assert park.raw["streams"]["_row"].tolist() == [2, 3]


def test_a_problem_in_the_template_names_sheet_row_and_column(tmp_path):
    file = write_workbook(read_park("toy"), tmp_path / "toy.xlsx")
    rows = load_workbook(str(file)).get_sheet_by_name("streams").to_python(skip_empty_area=False)
    rows[4][rows[0].index("site")] = "nowhere"
    broken = make_book(
        tmp_path / "broken.xlsx", sites=[["id", "lon", "lat"], ["mill", 117, 30]],
        commodities=COMMODITIES, streams=rows[:5],
    )  # fmt: skip
    places = [(f.file, f.row, f.column) for f in findings_of(broken) if f.severity == "problem"]
    assert ("broken.xlsx · streams", 5, "site") in places


def test_a_problem_of_the_settings_names_their_row(tmp_path):
    rows = [*PARK, ["park", "discount_rate", 8]]
    found = only(make_book(tmp_path / "p.xlsx", park=rows))
    assert (found.code, found.file, found.row) == ("checks.discount_rate", "p.xlsx · park", 8)


def test_a_problem_of_a_case_names_its_line(tmp_path):
    cases = [["case", "text"], ["dry", "[case]"], ["dry", "name ="]]
    file = make_book(tmp_path / "p.xlsx", cases=cases)
    with pytest.raises(Exception, match=r"p\.xlsx · cases, row 3"):
        read_park(file, case="dry")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_column_has_a_short_name(lang):
    nameless = [c for t in tables().values() for c in t.names if not label(c, lang)]
    assert nameless == []


def test_every_unit_on_offer_is_known_to_the_reader():
    for kind in ("units.rate", "units.own"):
        for unit in UNITS[kind]:
            base = unit.split("/")[0]
            assert factor(unit, base).factor > 0


def test_a_row_of_data_is_no_label_row():
    names = ["id", "site", "commodity", "amount", "unit"]
    columns = tables()["streams"].columns
    assert is_label_row([label(n, "zh") for n in names], names)
    assert is_label_row([label(n, "en") for n in names], names)
    assert is_label_row([unit_label(columns[n], "CNY") for n in names], names)
    assert not is_label_row(["s1", "mill", "ash", "5", "t/h"], names)


def test_units_of_money_are_labels_in_any_currency():
    assert is_label_row(["", "EUR/unit", "EUR/(unit/h)"], ["id", "price", "peak_price"])
    assert not is_label_row(["m1", "5", "7"], ["id", "price", "peak_price"])


@pytest.mark.parametrize(
    "tree",
    [
        {"park": {"id": "a", "name": {"zh": "园", "en": "A"}, "price_year": 2025}},
        {"park": {"name": "Plain", "discount_rate": 0.0, "catalogue": True, "odd": "2025"}},
        {"time": {"years": [2025], "mode": "hours", "operating_hours": 8000.0}},
        {"objective": {"minimise": {"co2": 1, "cost": 0.1}, "then": ["cost"], "scopes": [1]}},
        {"objective": {"minimise": "co2", "then": [["cost"], {"water": 2}]}, "top": 1},
        {"park": {"id": "true", "currency": "[x]"}, "x": {"y": "true", "z": "[1"}},
    ],
)
def test_settings_come_back_as_they_were(tree):
    assert tree_of(rows_of_settings(tree)) == tree


def test_settings_read_what_people_type():
    rows = [("time", "years", "2025; 2030"), ("time", "base_year", "2025"), ("park", "id", "12")]
    assert tree_of(rows) == {
        "time": {"years": [2025, 2030], "base_year": 2025},
        "park": {"id": "12"},
    }
    assert "time.years" in settings_keys()


@pytest.mark.parametrize(
    ("text", "decimals"),
    [("12", 0), ("0.5", 0), ("117.0000", 4), ("-2.50", 2), ("1e6", None), ("007", None),
     ("+5", None), (".5", None), ("", None), ("mild", None), ("1e-07", 0)],
)  # fmt: skip
def test_a_number_keeps_its_spelling_or_stays_text(text, decimals):
    assert fixed_decimals(text) == decimals
    if decimals is not None:
        assert number_text(float(text), decimals or None) == text


def test_long_texts_are_cut_where_no_blank_is_lost():
    text = "x" * 31_999 + "  " + "y" * 40_000
    parts = pieces(text)
    assert "".join(part.strip() for part in parts) == text
    assert max(map(len, parts)) <= 32_000
    assert LAYERS == "layers"
