"""Bad inputs 20 to 27 and 45 to 50: encodings, headers and rows; mended visibly or refused."""

from __future__ import annotations

import pytest

from circularpark.park import read_park
from circularpark.park.formats import decode
from tests.parks import MARKETS, findings_of, found, make_park

SITES = "id,name_zh,lon,lat\nmill,造纸厂,117.0,30.5\nfarm,温室,117.01,30.51\n"
STREAMS = "id,site,commodity,amount,unit\n"


def name_of_mill(folder):
    return read_park(folder).tables.sites["name_zh"].tolist()


def test_20_a_byte_order_mark_is_skipped_and_told(tmp_path):
    park = make_park(tmp_path, sites=b"\xef\xbb\xbf" + SITES.encode())
    assert name_of_mill(park) == ["造纸厂", "温室"]
    assert found(park, "park.encoding.mark").severity == "fixed"


def test_21_gb18030_is_read_and_told(tmp_path):
    park = make_park(tmp_path, sites=SITES.encode("gb18030"))
    assert name_of_mill(park) == ["造纸厂", "温室"]
    fixed = found(park, "park.encoding.other")
    assert (fixed.severity, fixed.file, fixed.value) == ("fixed", "sites.csv", "GB18030")


def test_21_bytes_of_no_known_encoding_are_refused(tmp_path):
    park = make_park(tmp_path, sites=b"id,lon,lat\nmill\xff\xff,117,30.5\n")
    assert found(park, "park.encoding.unknown").severity == "problem"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_22_utf16_is_read_and_told(tmp_path, codec):
    park = make_park(tmp_path, sites=SITES.encode(codec))
    assert name_of_mill(park) == ["造纸厂", "温室"]
    assert found(park, "park.encoding.other").value == "UTF-16"


def test_23_a_doubtful_guess_is_a_warning(tmp_path):
    big5 = SITES.replace("造纸厂", "造紙廠房設備").encode("big5", "ignore")
    park = make_park(tmp_path, sites=big5)
    assert found(park, "park.encoding.guess").severity == "warning"


def test_23_real_gb18030_is_no_doubtful_guess():
    text = "id,name_zh\na,安庆石化热电厂（一期）\n"
    assert [f.code for f in decode(text.encode("gb18030"), "x")[1]] == ["park.encoding.other"]


@pytest.mark.parametrize("spoilt", ["\ufffd纸厂", "é\x80\xa0çº¸", "锟斤拷"])
def test_24_spoilt_text_is_refused_with_its_row(tmp_path, spoilt):
    problem = found(
        make_park(tmp_path, sites=SITES.replace("温室", spoilt)), "park.encoding.spoilt"
    )
    assert (problem.severity, problem.file, problem.row) == ("problem", "sites.csv", 3)


@pytest.mark.parametrize("sign", ["\u202e", "\x07", "\u200b"])
def test_25_control_signs_in_ids_are_refused(tmp_path, sign):
    problem = found(
        make_park(tmp_path, sites=SITES.replace("mill", f"mi{sign}ll")), "park.id.control"
    )
    assert (problem.row, problem.column, problem.severity) == (2, "id", "problem")


def test_25_nul_is_refused(tmp_path):
    park = make_park(tmp_path, sites=SITES.replace("mill", "mi\x00ll"))
    assert found(park, "park.encoding.nul").row == 2


@pytest.mark.parametrize("twin", ["mіll", "сосо"])
def test_26_letters_that_look_latin_are_refused(tmp_path, twin):
    problem = found(make_park(tmp_path, sites=SITES.replace("mill", twin)), "park.id.homoglyph")
    assert (problem.row, problem.value) == (2, twin)


def test_26_ids_in_chinese_or_with_greek_words_are_fine(tmp_path):
    park = make_park(tmp_path, sites=SITES.replace("mill", "造纸厂一"))
    assert [f.code for f in findings_of(park) if f.code.startswith("park.id")] == []


def test_27_mixed_line_ends_are_told(tmp_path):
    park = make_park(tmp_path, sites=SITES.replace("\nfarm", "\r\nfarm"))
    assert len(read_park(park).tables.sites) == 2
    assert found(park, "park.encoding.line_ends").severity == "fixed"


def test_45_a_header_further_down_is_refused(tmp_path):
    sites = "Park of Anqing,,,\nprinted 2025,,,\n" + SITES
    assert found(make_park(tmp_path, sites=sites), "park.header.displaced").row == 3


def test_45_a_second_header_row_is_refused_once(tmp_path):
    sites = "id,lon,lat\nname,degrees,degrees\nmill,117,30.5\nfarm,117.01,30.5\n"
    park = make_park(tmp_path, sites=sites)
    assert found(park, "park.header.second").row == 2
    assert [f for f in findings_of(park) if f.code.startswith("park.number")] == []


def test_45_the_four_header_rows_of_the_template_are_read(tmp_path):
    sites = "id,lon,lat\n#地块编号,经度,纬度\n#Site,Longitude,Latitude\n#,deg,deg\nmill,117,30.5\n"
    park = read_park(make_park(tmp_path, sites=sites))
    assert park.tables.sites["id"].tolist() == ["mill"]
    assert park.raw["sites"]["_row"].tolist() == [5]


@pytest.mark.parametrize("second", ["lon", "lon.1"])
def test_46_a_column_that_stands_twice_is_refused(tmp_path, second):
    sites = f"id,lon,lat,{second}\nmill,117,30.5,118\n"
    assert found(make_park(tmp_path, sites=sites), "park.header.duplicate").column == "lon"


@pytest.mark.parametrize("wrong", ["Amount", "ammount", "amounts"])
def test_46_a_renamed_column_is_refused_with_its_name(tmp_path, wrong):
    streams = f"id,site,commodity,{wrong},unit\na,mill,ash,3,t/h\n"
    problem = found(make_park(tmp_path, streams=streams), "park.header.renamed")
    assert (problem.severity, problem.values["near"]) == ("problem", "amount")


def test_47_an_extra_column_is_a_warning_and_is_kept(tmp_path):
    streams = "id,site,commodity,amount,unit,weather\na,mill,ash,3,t/h,mild\n"
    park = make_park(tmp_path, streams=streams, markets=MARKETS)
    assert found(park, "park.header.unknown_near").severity == "warning"
    assert read_park(park).given["streams"]["weather"].tolist() == ["mild"]


@pytest.mark.parametrize("total", ["合计", "Total", "小计："])
def test_48_a_totals_row_is_refused(tmp_path, total):
    streams = f"{STREAMS}a,mill,ash,3,t/h\nb,farm,ash,4,t/h\n{total},,,7,\n"
    assert found(make_park(tmp_path, streams=streams), "park.csv.totals").row == 4


def test_48_a_nameless_row_that_adds_up_is_refused(tmp_path):
    streams = f"{STREAMS}a,mill,ash,3,t/h\nb,farm,ash,4,t/h\n,,,7,\n"
    assert found(make_park(tmp_path, streams=streams), "park.csv.totals").row == 4


def test_50_a_unit_in_the_header_is_used(tmp_path):
    streams = "id,site,commodity,amount [kg/h],supply_temp (°C)\na,mill,ash,3000,80\n"
    park = make_park(tmp_path, streams=streams)
    told = {(f.code, f.severity, f.column) for f in findings_of(park) if f.file == "streams.csv"}
    assert ("park.header.unit_read", "fixed", "amount") in told
    assert ("park.header.unit_read", "fixed", "supply_temp") in told
    assert not [f for f in told if f[0].startswith("park.") and f[1] == "problem"]


def test_50_an_unknown_unit_in_the_header_is_refused(tmp_path):
    sites = "id,lon,lat,area_mu [acre]\nmill,117,30.5,12\n"
    assert found(make_park(tmp_path, sites=sites), "park.header.unit_wrong").column == "area_mu"


def test_cells_that_are_too_many_are_refused(tmp_path):
    streams = f"{STREAMS}a,mill,ash,1,234,t/h\n"
    assert found(make_park(tmp_path, streams=streams), "park.csv.too_wide").row == 2


def test_semicolons_are_read_and_told(tmp_path):
    park = make_park(tmp_path, sites=SITES.replace(",", ";"))
    assert name_of_mill(park) == ["造纸厂", "温室"]
    assert found(park, "park.csv.separator").severity == "fixed"


def test_an_open_quotation_mark_is_refused(tmp_path):
    park = make_park(tmp_path, sites=SITES.replace("温室", '"温室'))
    assert found(park, "park.csv.quotes").severity == "problem"
