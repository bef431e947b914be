"""Parks with quality solved through the public API, against answers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import circularpark
from circularpark.cli.closing import pair_lines
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.explain import explain_item
from circularpark.solve.plan import Plan
from tests.parks import make_park
from tests.solve.binding_quality import BURNER

TOML = """\
[park]
id = "wet"
name = "wet"
currency = "CNY"
price_year = 2025
discount_rate = 0.05
catalogue = false

[time]
years = [2025]
operating_hours = 1000

[objective]
minimise = "cost"
"""
GOODS = """\
id,kind,unit,surplus
water,water,m3,free
coal,material,t,
chips,material,kg,
brine,waste,m3,
"""
RINSE = "id,site,commodity,amount,unit\nrinse,mill,water,{offer},m3/h\n"
WASH = "id,site,commodity,amount,unit\nwash,farm,water,{want},m3/h\n"
MARKETS = "id,site,commodity,direction,price\n"
PIPE = {
    "transports": "id,commodity,max_km,loss_per_km,capex_per_capacity,cost_per_km,lifetime\n"
    "pipe,water,0,0.1,100,0.5,10\n",
    "links": "id,from,to,commodity,transport,km\nriver,mill,farm,water,pipe,1\n",
}


def solved(folder: Path, toml: str = TOML, **tables: str) -> Plan:
    plan = circularpark.solve(circularpark.read_park(make_park(folder, toml=toml, **tables)))
    assert plan.certificate.ok, plan.judged.check.text("en")
    return plan


def test_dirty_water_is_piped_as_far_as_clean_water_thins_it(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS,
        streams=RINSE.format(offer=20),
        demands=WASH.format(want=8),
        markets=MARKETS + "spring,farm,water,buy,4\n",
        quality=(
            "item,property,value,max,unit\nrinse,cod,50,,mg/L\nspring,cod,2,,mg/L\n"
            "wash,cod,,30,mg/L\n"
        ),
        **PIPE,
    )
    # x of 50 and 8 - x of 2 mg/L are 30 on average; a tenth of what is sent is lost.
    arrives = 8 * (30 - 2) / (50 - 2)
    sent = arrives / 0.9
    matched = plan.matched.set_index(["source", "sink", "link"])["value"]
    assert matched["rinse", "wash", "river"] == pytest.approx(sent)
    assert matched["spring", "wash", ""] == pytest.approx(8 - arrives)
    assert plan.link_flow["value"].sum() == pytest.approx(sent)
    annuity = 0.05 / (1 - 1.05**-10)
    yearly = 1000 * (4 * (8 - arrives) + 0.5 * sent) + 100 * sent * annuity
    assert plan.objective["value"] == pytest.approx(yearly)


KILN = {
    "commodities": "id,kind,unit\nsteam,energy,MWh\ncoal,material,t\nchips,material,kg\n",
    "demands": "id,site,commodity,amount,unit\nheat,mill,steam,6,MW\n",
    "technologies": "id,capacity_of\nkiln,steam\n",
    "recipes": (
        "technology,row,commodity,rate,group\nkiln,1,steam,1,\n"
        "kiln,2,coal,-1,fuel\nkiln,3,chips,-2000,fuel\n"
    ),
    "processes": "id,site,technology,capacity\noven,mill,kiln,8\n",
}


def test_the_mix_of_all_fuels_of_a_kiln_keeps_its_chlorine(tmp_path: Path) -> None:
    """Coal in t and chips in kg, of which twice the mass does the same work."""
    plan = solved(
        tmp_path,
        **KILN,
        markets=MARKETS + "mine,mill,coal,buy,800\nwood,mill,chips,buy,0.1\n",
        quality=("item,property,value,max,unit\nmine,cl,0.02,,%\nwood,cl,0.5,,%\nkiln,cl,,0.1,%\n"),
    )
    # c t of coal and w t of chips: c + w / 2 = 6 and 0.02 c + 0.5 w = 0.1 (c + w).
    wood = 6 / (0.4 / 0.08 + 0.5)
    bought = plan.exchange.set_index("market")["value"]
    assert bought["wood"] == pytest.approx(1000 * wood)
    assert bought["mine"] == pytest.approx(5 * wood)


def test_tonnes_become_energy_by_their_heating_value(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        **BURNER,
    )
    # Chips cost 0.3 x 1000 / 12 / 0.8 = 31 a GJ of steam, poor coal 37, fine coal 34: of the 6 MW
    # 500 kg/h of chips give 0.5 x 12 / 3.6 x 0.8 MW, fine coal the rest.
    from_wood = 0.5 * 12 / 3.6 * 0.8
    coal = (6 - from_wood) * 3.6 / 0.9 / 29
    bought = plan.exchange.set_index("market")["value"]
    assert bought["wood"] == pytest.approx(500)
    assert bought["fine"] == pytest.approx(coal)
    flows = plan.share_flow.set_index("process")["value"]
    assert flows["fire"] == pytest.approx(6 - from_wood)
    assert flows["furnace"] == pytest.approx(from_wood)
    assert plan.objective["value"] == pytest.approx(1000 * (900 * coal + 150))


def test_a_treatment_gives_its_own_outlet_and_its_reject_must_go_somewhere(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS,
        streams=RINSE.format(offer=20),
        demands="id,site,commodity,amount,unit\nwash,mill,water,8,m3/h\n",
        technologies="id,capacity_of,var_om\nmembrane,water,0.5\n",
        recipes=(
            "technology,row,commodity,rate\nmembrane,1,water,-1\nmembrane,2,water,0.75\n"
            "membrane,3,brine,0.25\n"
        ),
        processes="id,site,technology,capacity\nplant,mill,membrane,30\n",
        markets=MARKETS + "spring,mill,water,buy,4\ntip,mill,brine,dispose,2\n",
        quality=(
            "item,commodity,property,value,max,unit\nrinse,,cod,50,,mg/L\nspring,,cod,2,,mg/L\n"
            "membrane,water,cod,5,,mg/L\nwash,,cod,,30,mg/L\n"
        ),
    )
    # A cubic metre of treated water costs (0.5 + 0.25 x 2) / 0.75, less than a bought one.
    clean = 8 * (50 - 30) / (50 - 5)
    fed = clean / 0.75
    assert plan.activity["value"].sum() == pytest.approx(fed)
    assert plan.exchange.set_index("market")["value"]["tip"] == pytest.approx(fed / 4)
    assert plan.objective["value"] == pytest.approx(1000 * fed)


def test_a_minimum_and_an_operator_hold_for_the_mix(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS,
        demands="id,site,commodity,amount,unit\nfuel,mill,coal,6,t/h\n",
        markets=MARKETS
        + "good,mill,coal,buy,900\npoor,mill,coal,buy,300\nthin,mill,coal,buy,250\n",
        quality=(
            "item,property,value,min,max,unit,operator\n"
            "good,ncv,27,,,GJ/t,\npoor,ncv,15,,,GJ/t,\nthin,ncv,15,,,GJ/t,\nfuel,ncv,,20,,GJ/t,\n"
            "good,index,16,,,1,-0.5\npoor,index,16,,,1,-0.5\nthin,index,1,,,1,-0.5\n"
            "fuel,index,,4,,1,-0.5\n"
        ),
    )
    # Of the mix at least 20 GJ/t, so 5 of 12 parts good coal; of the others thin coal is cheaper
    # while the mean of x^-1/2 stays at most 4^-1/2: a (1 - 1/4) <= 1/2 - 1/4 for a part a of it.
    bought = plan.exchange.set_index("market")["value"]
    assert bought["good"] == pytest.approx(6 * 5 / 12)
    assert bought["thin"] == pytest.approx(6 / 3)


BATHS = {
    "commodities": GOODS,
    "operations": (
        "id,site,commodity,property,load,unit,max_in,max_out,quality_unit,co2\n"
        "bath,mill,water,salt,2,kg/h,50,100,ppm,0.001\n"
        "dye,mill,water,salt,9,kg/h,90,400,ppm,\n"
        "dye,mill,water,cod,4,kg/h,10,400,ppm,\n"
    ),
    "markets": MARKETS + "well,mill,water,buy,3\nsewer,mill,water,dispose,1\n",
    "quality": "item,property,value,unit\nwell,salt,10,ppm\nwell,cod,0,ppm\n",
}


def test_what_an_operation_does_not_tell_of_its_outlet_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(circularpark.ParkDataError) as caught:
        solved(tmp_path, **BATHS)
    assert "'bath' does not say its 'cod'" in caught.value.text("en")


def test_operations_count_in_measures_and_limits(tmp_path: Path) -> None:
    more = BATHS["operations"] + "bath,mill,water,cod,0,kg/h,,8,ppm,\n"
    tables = BATHS | {"operations": more}
    plan = solved(tmp_path / "free", **tables)
    used = plan.throughput.set_index("operation")["value"]
    # The bath: 2000 g/h up from 10 to at most 100 ppm. The dye house loads 9000 g/h of salt up to
    # 400 ppm and 4000 g/h of cod: it takes the bath's outlet up to 90 ppm of salt and thins it.
    assert used["bath"] == pytest.approx(2000 / 90)
    assert plan.account.annual("co2")[2025] == pytest.approx(1000 * 0.001 * used["bath"])
    limit = f"id,table,item,sense,value,unit\nmost,operations,bath,>=,{1000 * 2 * used['bath']},t\n"
    held = solved(tmp_path / "held", **tables, limits=limit.replace(",t\n", ",m3\n"))
    assert held.throughput.set_index("operation")["value"]["bath"] == pytest.approx(
        2 * used["bath"]
    )


def test_pairs_that_can_never_help_are_left_out_and_told(tmp_path: Path) -> None:
    park = circularpark.read_park(
        make_park(
            tmp_path,
            toml=TOML,
            commodities=GOODS,
            streams="id,site,commodity,amount,unit\nfoul,mill,water,5,m3/h\nfair,mill,water,9,m3/h\n",
            demands="id,site,commodity,amount,unit\nwash,mill,water,4,m3/h\n",
            quality=(
                "item,property,value,max,unit\nfoul,cod,10,,mg/L\nfair,cod,30,,mg/L\n"
                "foul,salt,90,,mg/L\nfair,salt,20,,mg/L\n"
                "wash,cod,,40,mg/L\nwash,salt,,20,mg/L\n"
            ),
        )
    )
    problem = circularpark.build(park)
    # Nothing has less salt than 20 mg/L, so that foul water is too salty in any mix.
    assert list(problem.var.matched.key) == [("fair", "wash", "")]
    assert list(problem.data.quality.pruned) == [("foul", "wash", "", "salt", "max")]
    plan = circularpark.solve(problem)
    assert plan.certificate.ok
    pairs = plan.summary()["pairs"]
    assert pairs == {"open": 1, "left_out": 1}
    plan.write(tmp_path / "out")
    told = pd.read_parquet(tmp_path / "out" / "pruned.parquet")
    assert told.to_dict("records") == [
        {"source": "foul", "sink": "wash", "link": "", "property": "salt", "side": "max"}
    ]
    english, chinese = (pair_lines(plan.summary(), lang) for lang in ("en", "zh"))
    assert english == [
        "Of 2 pairs of source and sink, 1 can never meet by their quality and were left out."
    ]
    assert chinese == ["来源与去向共 2 对，其中 1 对按品质永远无法匹配，已不予考虑。"]


def test_a_quality_that_leaves_no_plan_is_named(tmp_path: Path) -> None:
    park = make_park(
        tmp_path,
        toml=TOML,
        commodities=GOODS,
        streams=RINSE.format(offer=20),
        demands="id,site,commodity,amount,unit\nwash,mill,water,8,m3/h\n",
        markets="id,site,commodity,direction,price,max\nspring,mill,water,buy,4,2\n",
        quality=(
            "item,property,value,max,unit\nrinse,cod,50,,mg/L\nspring,cod,2,,mg/L\n"
            "wash,cod,,30,mg/L\n"
        ),
    )
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(circularpark.read_park(park))
    said = caught.value.diagnosis
    # 2 m3/h of 2 mg/L thin 2 x 28 / 20 of rinse water to 30.
    assert "Water at mill is short by 3.2 m3/h" in said.text("en")
    assert "What wash accepts of cod, at most 30 mg/L, keeps sources out." in said.text("en")
    assert "a new source of 3.2 m3/h of water that is good enough at mill" in said.text("en")
    assert "品质合格的" in said.text("zh")


def test_a_load_that_nothing_carries_away_is_named(tmp_path: Path) -> None:
    tables = BATHS | {
        "operations": BATHS["operations"].split("dye")[0],
        "markets": "id,site,commodity,direction,price,max\nwell,mill,water,buy,3,10\n",
    }
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(circularpark.read_park(make_park(tmp_path, toml=TOML, **tables)))
    # 10 m3/h take 900 of the 2000 g/h.
    said = caught.value.diagnosis.text("en")
    assert "Operation bath at mill: 55 % of its salt load finds no water clean enough" in said
    assert "22.2" in said or "22.3" in said


def test_qualities_change_along_a_path(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        TOML.replace("years = [2025]", "years = [2025, 2030]"),
        commodities=GOODS,
        streams=RINSE.format(offer=20),
        demands="id,site,commodity,amount,unit\nwash,mill,water,8,m3/h\n",
        markets=MARKETS + "spring,mill,water,buy,4\n",
        quality=(
            "item,property,value,max,unit\nrinse,cod,50,,mg/L\nspring,cod,2,,mg/L\n"
            "wash,cod,,30,mg/L\nrinse,salt,50,,mg/L\nspring,salt,2,,mg/L\nwash,salt,,99,mg/L\n"
        ),
        paths="table,item,column,year,set\nquality,wash/cod,max,2030,14\n",
    )
    bought = plan.exchange.set_index("period")["value"]
    assert bought["2025"] == pytest.approx(8 * 20 / 48)
    assert bought["2030"] == pytest.approx(8 * 36 / 48)


TREATED = {
    "commodities": (
        "id,kind,unit,surplus\nraw,water,m3,free\nwater,water,m3,free\nbrine,waste,m3,\n"
    ),
    "technologies": "id,capacity_of,var_om\nfilter,raw,1\n",
    "recipes": (
        "technology,row,commodity,rate\nfilter,1,raw,-1\nfilter,2,water,0.8\nfilter,3,brine,0.2\n"
    ),
    "processes": "id,site,technology,capacity\nplant,mill,filter,30\n",
    "demands": "id,site,commodity,amount,unit\nwash,mill,water,8,m3/h\n",
    "markets": MARKETS + "spring,mill,water,buy,4\ntip,mill,brine,dispose,0\n",
}
REMOVES = (
    "item,commodity,property,value,removal,max,unit\nrinse,,cod,60,,,mg/L\nspring,,cod,2,,,mg/L\n"
    "filter,water,cod,,50%,,mg/L\nwash,,cod,,,30,mg/L\n"
)


def test_a_removal_ratio_takes_a_share_of_the_load_of_a_single_source(tmp_path: Path) -> None:
    raw = "id,site,commodity,amount,unit\nrinse,mill,raw,20,m3/h\n"
    plan = solved(tmp_path, **TREATED, streams=raw, quality=REMOVES)
    # Half of 60 g/m3 stay, in eight tenths of the water: 37.5 mg/L.
    clean = 8 * (30 - 2) / (37.5 - 2)
    matched = plan.matched.set_index(["source", "sink"])["value"]
    assert matched["plant", "wash"] == pytest.approx(clean)
    assert plan.activity["value"].sum() == pytest.approx(clean / 0.8)


def test_a_removal_ratio_of_a_mix_is_refused_in_words(tmp_path: Path) -> None:
    raw = "id,site,commodity,amount,unit\nrinse,mill,raw,20,m3/h\nslops,mill,raw,1,m3/h\n"
    with pytest.raises(circularpark.ParkDataError) as caught:
        solved(tmp_path, **TREATED, streams=raw, quality=REMOVES + "slops,,cod,90,,,mg/L\n")
    (finding,) = caught.value.findings
    assert (finding.code, finding.row) == ("physics.removal_of_a_mix", 4)
    assert "rinse, slops" in finding.message("en")
    assert "去除率" in finding.message("zh")


CHOICE = {
    "commodities": GOODS,
    "streams": RINSE.format(offer=20) + "slops,mill,water,4,m3/h\n",
    "demands": WASH.format(want=8),
    "markets": MARKETS + "spring,farm,water,buy,{price}\n",
    "quality": (
        "item,property,value,max,unit,standard\nrinse,CODcr,50,,mg/L,\nspring,CODcr,70,,mg/L,\n"
        "slops,CODcr,90,,mg/L,\nwash,,,,,w_cool_CODcr\n"
    ),
    **PIPE,
}


def chosen(price: float) -> dict[str, str]:
    clean = CHOICE["quality"].replace("spring,CODcr,70", "spring,CODcr,10")
    return {**CHOICE, "markets": CHOICE["markets"].format(price=price), "quality": clean}


def test_explain_tells_limits_on_whose_word_and_matches(tmp_path: Path) -> None:
    plan = solved(tmp_path, **chosen(4))
    hops = dict(explain_item(plan, "wash", "en"))
    told = "\n".join(hops["solve.hop.quality"])
    assert "COD ≤ 60 mg/L" in told
    assert "GB/T 19923-2005" in told
    assert "confidence memory-high" in told
    assert "rinse → wash by river" in told
    assert plan.summary()["pairs"] == {"open": 3, "left_out": 0}


def test_a_pipe_that_is_not_chosen_says_what_its_best_match_lacks(tmp_path: Path) -> None:
    plan = solved(tmp_path, **chosen(0.1))
    assert plan.link_flow["value"].sum() == 0
    row = plan.reduced_cost.set_index("link").loc["river"]
    # Moving costs 0.5 and the pipe its annuity a unit sent; nine tenths arrive and save 0.1 each.
    annuity = 0.05 / (1 - 1.05**-10)
    assert row["per_unit"] == pytest.approx(0.5 + 100 * annuity / 1000 - 0.09)
    assert row["unit"] == "CNY"
