"""At most so many things, one of two routes, least batches: answers that can be worked out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.account.book import Book
from circularpark.account.check import check_book
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.plan import Plan
from tests.parks import make_park
from tests.solve.test_integer import HOURLY, LEAST_COST

# Three givers of heat at 0 beside a boiler house at 50; roads that cost nothing, pipes that do.
SITES = "id,lon,lat\nmill,117.0,30.5\nkiln,117.01,30.5\nforge,117.02,30.5\nfarm,117.03,30.5\n"
TABLES = {
    "sites": SITES,
    "commodities": "id,kind,unit\nsteam,energy,MWh\n",
    "streams": (
        "id,site,commodity,amount,unit,surplus\n"
        "a,mill,steam,5,MW,free\nb,kiln,steam,3,MW,free\nc,forge,steam,2,MW,free\n"
    ),
    "demands": "id,site,commodity,amount,unit\nwant,farm,steam,10,MW\n",
    "markets": "id,site,commodity,direction,price\nboiler,farm,steam,buy,50\n",
    "transports": "id,commodity,max_km,capex_per_capacity,lifetime\npipe,steam,0,1,1\n",
}
LINKS = "id,from,to,commodity,transport,km,capacity_max,status{more}\n"
PIPES = (
    "from_a,mill,farm,steam,pipe,1,9,candidate\n"
    "from_b,kiln,farm,steam,pipe,1,9,candidate\n"
    "from_c,forge,farm,steam,pipe,1,9,candidate\n"
)
LIMITS = "id,table,count,item,site,commodity,sense,value,years\n"
NO_MARKET = "id,site,commodity,direction,price\n"


def solved(folder: Path, toml: str = HOURLY + LEAST_COST, **tables: str) -> Plan:
    """The least cost of heating the farm."""
    given = {**TABLES, "links": LINKS.format(more="") + PIPES, **tables}
    return circularpark.solve(circularpark.read_park(make_park(folder, toml=toml, **given)))


def carried(plan: Plan) -> dict[str, float]:
    flow = plan.link_flow.groupby("link")["value"].sum()
    return {name: round(float(value), 6) for name, value in flow.items() if value > 1e-6}


def test_without_a_limit_all_ways_are_built(tmp_path):
    plan = solved(tmp_path)
    assert carried(plan) == {"from_a": 5, "from_b": 3, "from_c": 2}
    assert not plan.problem.integer.any()


def test_at_most_two_links_end_at_a_site(tmp_path):
    plan = solved(tmp_path, limits=LIMITS + "few,links,true,,farm,,<=,2,\n")
    assert carried(plan) == {"from_a": 5, "from_b": 3}
    assert plan.objective["value"] == pytest.approx(2 * 50 + 8)
    assert plan.certificate.ok
    assert plan.open["value"].sum() == 2


def test_a_limit_of_zero_builds_none(tmp_path):
    plan = solved(tmp_path, limits=LIMITS + "none,links,true,,,steam,<=,0,\n")
    assert carried(plan) == {}
    assert plan.objective["value"] == pytest.approx(500)


def test_of_two_routes_only_one_is_built(tmp_path):
    plan = solved(tmp_path, limits=LIMITS + "either_or,links,true,from_a;from_b,,,<=,1,\n")
    assert carried(plan) == {"from_a": 5, "from_c": 2}


def test_a_pattern_counts_what_fits_it(tmp_path):
    plan = solved(tmp_path, limits=LIMITS + "few,links,true,from_*,,,<=,1,\n")
    assert carried(plan) == {"from_a": 5}


def test_what_stands_already_counts(tmp_path):
    new = "from_c,forge,farm,steam,pipe,1,9,candidate"
    stands = PIPES.replace(new, "from_c,forge,farm,steam,pipe,1,,existing")
    plan = solved(
        tmp_path,
        links=LINKS.format(more="") + stands,
        limits=LIMITS + "few,links,true,,farm,,<=,2,\n",
    )
    assert carried(plan) == {"from_a": 5, "from_c": 2}


def test_roads_that_cost_nothing_are_counted_too(tmp_path):
    plan = solved(
        tmp_path,
        transports="id,commodity,max_km\nlorry,steam,50\n",
        links=LINKS.format(more=""),
        limits=LIMITS + "few,links,true,,farm,,<=,1,\n",
    )
    assert carried(plan) == {"steam@mill@farm@lorry": 5}
    assert plan.certificate.ok


def test_each_year_has_its_own_number(tmp_path):
    years = HOURLY.replace("[2025]", "[2025, 2030]")
    plan = solved(
        tmp_path,
        toml=years + LEAST_COST,
        transports="id,commodity,max_km,capex_per_capacity,lifetime\npipe,steam,0,1,20\n",
        limits=LIMITS + "soon,links,true,,,,<=,1,2025\nlater,links,true,,,,<=,2,2030\n",
    )
    built = plan.builds.groupby("year")["item"].agg(list).to_dict()
    assert built == {2025: ["from_a"], 2030: ["from_b"]}


def test_processes_and_stores_are_counted(tmp_path):
    plan = solved(
        tmp_path,
        links=LINKS.format(more=""),
        technologies="id,capacity_of,capex,lifetime\nheater,steam,1,1\n",
        recipes="technology,row,commodity,rate\nheater,1,steam,1\n",
        processes=(
            "id,site,technology,capacity_max,status\n"
            "one,farm,heater,4,candidate\ntwo,farm,heater,3,candidate\n"
        ),
        limits=LIMITS + "few,processes,true,,farm,,<=,1,\n",
    )
    assert plan.objective["value"] == pytest.approx(6 * 50 + 4)


def test_too_few_for_what_must_be_met_is_infeasible(tmp_path):
    with pytest.raises(NoFeasiblePlan) as caught:
        solved(tmp_path, markets=NO_MARKET, limits=LIMITS + "few,links,true,,farm,,<=,2,\n")
    for lang in ("zh", "en"):
        told = caught.value.diagnosis.text(lang)
        # Two ways bring eight of the ten: the limit is named, and that three would do.
        assert "few" in told
        assert "3" in told


BATCH = LINKS.format(more=",min_batch") + PIPES.replace("candidate\n", "candidate,4\n")


def test_a_link_carries_its_least_batch_or_nothing(tmp_path):
    plan = solved(tmp_path, links=BATCH)
    assert carried(plan) == {"from_a": 5}
    assert plan.sends["value"].sum() == 1
    assert plan.certificate.ok


def test_a_batch_may_be_an_hour_of_two(tmp_path):
    # Three are wanted by day and six at night: four at least go by night only.
    plan = solved(
        tmp_path,
        toml=HOURLY.replace("operating_hours = 1", "") + LEAST_COST,
        links=LINKS.format(more=",min_batch") + "from_a,mill,farm,steam,pipe,1,9,candidate,4\n",
        demands="id,site,commodity,amount,unit,profile\nwant,farm,steam,1,MW,how\n",
        periods="period,year,hours,weight\nday,2025,1,1\nnight,2025,1,1\n",
        profiles="period,how\nday,3\nnight,6\n",
    )
    assert plan.link_flow["value"].tolist() == pytest.approx([0, 5])


def test_a_transports_batch_holds_for_its_links(tmp_path):
    plan = solved(
        tmp_path,
        transports="id,commodity,max_km,min_batch\nlorry,steam,50,2.5\n",
        links=LINKS.format(more=""),
    )
    assert carried(plan) == {"steam@mill@farm@lorry": 5, "steam@kiln@farm@lorry": 3}


def test_a_batch_that_leaves_no_plan_is_named(tmp_path):
    # The mill must be rid of six megawatts: one pipe carries four or five, the other four.
    with pytest.raises(NoFeasiblePlan) as caught:
        solved(
            tmp_path,
            links=LINKS.format(more=",min_batch")
            + "to_farm,mill,farm,steam,pipe,1,5,candidate,4\n"
            + "to_kiln,mill,kiln,steam,pipe,1,9,candidate,4\n",
            streams="id,site,commodity,amount,unit,surplus\na,mill,steam,6,MW,must_use\n",
            demands=TABLES["demands"] + "dry,kiln,steam,4,MW\n",
            markets=TABLES["markets"] + "other,kiln,steam,buy,50\n",
        )
    assert caught.value.diagnosis.choices == ("sends",)
    for lang in ("zh", "en"):
        assert "min_batch" in caught.value.diagnosis.text(lang)


def test_what_is_too_much_of_a_batch_may_be_dropped_where_surplus_is_free(tmp_path):
    # Bought at 50 the three megawatts cost more than four that arrive and one that is dropped.
    plan = solved(
        tmp_path,
        commodities="id,kind,unit,surplus\nsteam,energy,MWh,free\n",
        links=BATCH,
        demands=TABLES["demands"].replace("10", "3"),
    )
    assert carried(plan) == {"from_a": 4}
    assert plan.certificate.ok


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """A plan in which batches and counts bind."""
    return solved(
        tmp_path_factory.mktemp("chosen"),
        links=LINKS.format(more=",min_batch") + PIPES.replace("candidate\n", "candidate,2\n"),
        limits=LIMITS + "few,links,true,,farm,,<=,2,\n",
    )


@pytest.mark.parametrize(
    ("name", "place", "value", "families"),
    [
        ("open", 0, 0.0, {"paid_once"}),
        ("open", 2, 1.0, {"limit"}),
        ("open", 2, 0.5, {"whole"}),
        ("sends", 0, 0.5, {"whole"}),
        ("link_flow", 0, 1.0, {"min_batch", "balance"}),
        ("build", 2, 1.0, {"paid_once"}),
    ],
)
def test_the_raw_data_check_catches_a_changed_choice(chosen, name, place, value, families):
    flow = chosen.flows[name]
    values = flow.values.copy()
    values[place] = value
    data = chosen.problem.data
    flows = {**chosen.flows, name: replace(flow, values=values)}
    book = Book(chosen.park, data.time, data.blocks.links_at, flows)
    broken = {f.name for f in check_book(book).families if f.worst > 1e-6}
    assert families <= broken


def test_the_raw_data_check_finds_nothing_wrong_in_the_plan(chosen):
    assert chosen.certificate.ok
    assert {"min_batch", "whole", "paid_once", "limit"} <= {
        f.name for f in chosen.judged.check.families
    }
    assert np.isclose(chosen.objective["value"], 2 * 50 + 8)
