"""Names: ids that stand once, references that lead somewhere, rows that mean something."""

from __future__ import annotations

import pytest

from circularpark.errors import Finding
from circularpark.park.checks import ALL, check
from circularpark.park.checks.references import nearest, references
from circularpark.park.schema import tables
from tests.park.drafts import (
    added,
    changed,
    findings,
    made,
    place,
    problem_codes,
    read_findings,
    sound,
    the,
)
from tests.parks import make_park


def test_a_sound_park_has_no_findings():
    assert findings(sound()) == []


def test_the_checks_do_not_fail_on_an_empty_draft():
    assert problem_codes(findings({})) == []


def test_the_checks_do_not_fail_on_rows_without_any_cell():
    bare = {name: [{}] for name in tables()}
    for one in ALL:
        list(one(made(bare)))


@pytest.mark.parametrize(
    ("rows", "file", "row"),
    [
        (added("sites", {"id": "mill", "lon": 117.06, "lat": 30.545}), "sites.csv", 5),
        (added("commodities", {"id": "ash", "kind": "waste", "unit": "t"}), "commodities.csv", 5),
        (added("transports", {"id": "pipe", "commodity": "steam"}), "transports.csv", 4),
        (changed("demands", 1, id="mill_steam"), "demands.csv", 3),
        (changed("demands", 1, id="old_ash"), "demands.csv", 3),
        (changed("links", 0, id="dump"), "links.csv", 2),
    ],
)
def test_an_id_stands_once(rows, file, row):
    finding = the(findings(rows), "checks.duplicate_id")
    assert place(finding) == ("problem", file, row, "id")


def test_a_duplicate_says_where_the_first_stands():
    finding = the(findings(changed("demands", 1, id="old_ash")), "checks.duplicate_id")
    assert finding.message("en") == "The id 'old_ash' already stands at streams.csv:2."
    assert finding.message("zh") == "编号 'old_ash' 已在 streams.csv:2 用过。"


def test_a_transport_may_have_a_row_for_each_commodity():
    rows = added("transports", {"id": "pipe", "commodity": "ash", "detour": 1.3})
    assert "checks.duplicate_id" not in problem_codes(findings(rows))


@pytest.mark.parametrize("alike", ["Mill_Steam", "mill_ steam", "ｍill_steam"])
def test_ids_that_only_look_alike_are_refused(alike):
    finding = the(findings(changed("demands", 1, id=alike)), "checks.look_alike_id")
    assert place(finding) == ("problem", "demands.csv", 3, "id")
    assert "'mill_steam'" in finding.message("zh")


@pytest.mark.parametrize("sign", list("/:*?[]@"))
def test_an_id_holds_no_sign_of_paths_and_patterns(sign):
    finding = the(findings(changed("limits", 0, id=f"a{sign}b")), "checks.illegal_id")
    assert place(finding) == ("problem", "limits.csv", 2, "id")


def test_an_id_has_at_most_64_characters():
    assert findings(changed("limits", 0, id="a" * 64)) == []
    finding = the(findings(changed("limits", 0, id="a" * 65)), "checks.long_id")
    assert place(finding) == ("problem", "limits.csv", 2, "id")


def test_every_reference_that_the_tables_declare_is_checked():
    assert {(r.table, r.column) for r in references()} >= {
        ("streams", "site"),
        ("links", "from"),
        ("links", "transport"),
        ("links", "energy_commodity"),
        ("recipes", "technology"),
        ("processes", "technology"),
        ("markets", "profile"),
        ("factors", "measure"),
        ("transports", "commodity"),
        ("quality", "item"),
    }


@pytest.mark.parametrize(
    ("table", "row", "column", "wrong", "hint"),
    [
        ("streams", 0, "site", "mil", "mill"),
        ("demands", 0, "commodity", "stean", "steam"),
        ("processes", 0, "technology", "Boiler", "boiler"),
        ("links", 0, "to", "mil1", "mill"),
        ("links", 0, "transport", "pip", "pipe"),
        ("recipes", 1, "commodity", "coals", "coal"),
        ("transports", 0, "commodity", "steam;ashh", "ash"),
        ("limits", 0, "measure", "capx", "capex"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_the_nearest(table, row, column, wrong, hint):
    finding = the(findings(changed(table, row, **{column: wrong})), "checks.unknown_near")
    assert place(finding) == ("problem", f"{table}.csv", row + 2, column)
    assert f"'{hint}'" in finding.fix("en")
    assert f"是否应为 '{hint}'" in finding.fix("zh")


def test_a_name_like_no_other_is_refused_with_what_is_there():
    finding = the(findings(changed("streams", 0, site="harbour")), "checks.unknown")
    assert finding.message("en") == "'harbour' is not in sites."
    assert "kiln, mill, plant" in finding.fix("en")


def test_a_star_is_a_site_only_where_the_contract_says_so():
    assert findings(changed("markets", 0, site="*")) == []
    found = findings(changed("streams", 0, site="*"))
    assert place(the(found, "checks.unknown")) == ("problem", "streams.csv", 2, "site")


def test_the_nearest_name_does_not_mind_case_and_hyphens():
    assert nearest("Green-House2", {"green_house_2", "mill"}) == "green_house_2"
    assert nearest("harbour", {"green_house_2", "mill"}) == ""


def test_a_link_joins_two_sites():
    finding = the(findings(changed("links", 0, to="plant")), "checks.self_link")
    assert place(finding) == ("problem", "links.csv", 2, "to")


def test_a_two_way_link_entered_both_ways_is_warned_of():
    back = {
        "id": "back",
        "from": "mill",
        "to": "plant",
        "commodity": "steam",
        "transport": "pipe",
        "capacity": 40.0,
    }
    assert findings(added("links", back)) == []
    rows = added("links", {**back, "bidirectional": 1.0})
    assert place(the(findings(rows), "checks.both_ways")) == ("warning", "links.csv", 3, "to")


def test_a_company_folder_that_no_site_has_is_warned_of():
    draft = made(sound())
    draft.raw["streams"]["_owner"] = "acme"
    finding = the(check(draft), "checks.unknown_owner")
    assert finding.severity == "warning"
    assert "companies/acme" in finding.message("zh")


def test_capacity_is_counted_in_a_row_of_one():
    finding = the(findings(changed("recipes", 0, rate=2.0)), "checks.capacity_rate")
    assert place(finding) == ("problem", "recipes.csv", 2, "rate")
    rows = changed("technologies", 0, capacity_of="ash")
    finding = the(findings(rows), "checks.capacity_of_not_in_recipe")
    assert place(finding) == ("problem", "technologies.csv", 2, "capacity_of")


def test_a_used_technology_has_a_recipe():
    rows = {**sound(), "recipes": []}
    assert place(the(findings(rows), "checks.no_recipe")) == (
        "problem",
        "technologies.csv",
        2,
        "id",
    )


def test_a_technology_that_nobody_uses_may_be_incomplete():
    rows = added("technologies", {"id": "idea", "capacity_of": "steam"})
    assert findings(rows) == []


@pytest.mark.parametrize("table", ["processes", "links"])
def test_what_must_be_built_says_how_large(table):
    rows = changed(table, 0, status="required", capacity=None)
    finding = the(findings(rows), "checks.required_without_size")
    assert place(finding) == ("problem", f"{table}.csv", 2, "capacity")


@pytest.mark.parametrize("status", ["existing", ""])
def test_what_stands_has_a_site(status):
    rows = changed("processes", 0, site="*", status=status)
    finding = the(findings(rows), "checks.existing_everywhere")
    assert place(finding) == ("problem", "processes.csv", 2, "site")
    rows = changed("processes", 0, site="*", status="candidate")
    assert "checks.existing_everywhere" not in problem_codes(findings(rows))


def test_a_closure_comes_after_the_opening():
    rows = changed("processes", 0, built=2015.0, retires=2010.0)
    finding = the(findings(rows), "checks.closes_before")
    assert place(finding) == ("problem", "processes.csv", 2, "retires")
    assert "2010" in finding.message("zh")
    assert "2015" in finding.message("zh")


def test_a_limit_names_things_that_are_there():
    limit = {"id": "quota", "sense": "<=", "value": 5.0}
    finding = the(findings(added("limits", {**limit, "item": "coal_yrd"})), "checks.unknown_near")
    assert place(finding) == ("problem", "limits.csv", 3, "item")
    finding = the(findings(added("limits", {**limit, "item": "gas*"})), "checks.pattern_idle")
    assert place(finding) == ("warning", "limits.csv", 3, "item")
    assert findings(added("limits", {**limit, "item": "coal*"})) == []
    finding = the(findings(added("limits", limit)), "checks.limit_of_nothing")
    assert place(finding) == ("problem", "limits.csv", 3, "measure")


def test_a_limit_may_name_instances_and_links_that_will_be_generated():
    limit = {"id": "quota", "sense": "<=", "value": 5.0}
    rows = added("limits", {**limit, "table": "links", "item": "steam@plant@mill@pipe"})
    assert findings(rows) == []
    rows = added("limits", {**limit, "table": "links", "item": "steam@plant@mil@pipe"})
    assert problem_codes(findings(rows)) == ["checks.unknown"]


def test_a_limit_holds_in_planning_years_and_leans_on_records():
    finding = the(findings(changed("limits", 0, years="2025;2031")), "checks.limit_year")
    assert place(finding) == ("problem", "limits.csv", 2, "years")
    finding = the(findings(changed("limits", 0, relative_to="2020")), "checks.no_record_of_year")
    assert place(finding) == ("problem", "limits.csv", 2, "relative_to")
    rows = changed("limits", 0, relative_to="2020")
    rows["records"] = [{"year": 2020.0, "measure": "capex", "value": 1.0}]
    assert findings(rows) == []


def test_a_factor_is_told_once_and_of_something():
    factor = {"table": "markets", "item": "coal_yard", "measure": "co2", "value": 1.0}
    assert findings(added("factors", factor)) == []
    finding = the(findings(added("factors", factor, factor)), "checks.factor_twice")
    assert place(finding) == ("problem", "factors.csv", 3, "measure")
    rows = added("factors", {**factor, "item": "coal_yrd"})
    assert problem_codes(findings(rows)) == ["checks.unknown_near"]
    rows = changed("markets", 0, co2=0.5)
    rows["factors"] = [factor]
    finding = the(findings(rows), "checks.factor_in_two_places")
    assert place(finding) == ("problem", "markets.csv", 2, "co2")


def test_a_record_is_of_something():
    rows = added("records", {"year": 2024.0, "value": 3.0})
    finding = the(findings(rows), "checks.record_of_nothing")
    assert place(finding) == ("problem", "records.csv", 2, "measure")


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"table": "market"}, "checks.unknown_near", "table"),
        ({"item": "coal_yrd"}, "checks.unknown_near", "item"),
        ({"column": "prise"}, "checks.path_column", "column"),
        ({"column": "direction"}, "checks.path_column", "column"),
        ({"multiply": 2.0}, "checks.path_both", "set"),
        ({"set": None}, "checks.path_nothing", "set"),
        ({"scenario": "high"}, "checks.path_scenario", "scenario"),
    ],
)
def test_a_path_changes_a_number_that_is_there(cells, code, column):
    path = {"table": "markets", "item": "coal_yard", "column": "price", "year": 2030.0, "set": 9.0}
    assert findings(added("paths", path)) == []
    finding = the(findings(added("paths", {**path, **cells})), code)
    assert place(finding) == ("problem", "paths.csv", 2, column)


def test_a_cell_that_is_blamed_already_is_not_blamed_twice():
    rows = changed("streams", 0, site="harbour")
    told = Finding("park.anything", file="streams.csv", row=2, column="site")
    assert problem_codes(findings(rows, found=(told,))) == []


def test_a_site_without_rows_and_one_without_partners_are_warned_of():
    rows = added("sites", {"id": "shed", "lon": 117.05, "lat": 30.55})
    assert place(the(findings(rows), "checks.idle_site")) == ("warning", "sites.csv", 5, "id")
    rows["commodities"].append({"id": "sand", "kind": "material", "unit": "t"})
    rows["streams"].append(
        {"id": "shed_sand", "site": "shed", "commodity": "sand", "amount": 1.0, "surplus": "free"}
    )
    assert place(the(findings(rows), "checks.lone_site")) == ("warning", "sites.csv", 5, "id")


# --- the same through a folder ---


def test_a_folder_lists_all_its_problems_at_once(tmp_path):
    folder = make_park(
        tmp_path / "park",
        streams="id,site,commodity,amount,unit\nspare,mil,steam,5,MWh/h\nspare,farm,ash,1,t/h\n",
        links="id,from,to,commodity,transport\nl1,mill,mill,steam,pipe\n",
        transports="id,commodity\npipe,steam\n",
    )
    found = [f for f in read_findings(folder) if f.severity == "problem"]
    assert [(f.code, f.file, f.row, f.column) for f in found] == [
        ("checks.duplicate_id", "streams.csv", 3, "id"),
        ("checks.unknown_near", "streams.csv", 2, "site"),
        ("checks.self_link", "links.csv", 2, "to"),
    ]


def test_rows_of_a_company_are_found_in_its_own_file(tmp_path):
    folder = make_park(tmp_path / "park")
    own = folder / "companies" / "mill"
    own.mkdir(parents=True)
    (own / "streams.csv").write_text(
        "id,site,commodity,amount,unit\nspare,harbour,steam,5,MWh/h\n", encoding="utf-8"
    )
    finding = the(read_findings(folder), "checks.unknown")
    assert place(finding) == ("problem", "companies/mill/streams.csv", 2, "site")
