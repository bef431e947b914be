"""Heat parks solved through the public API, against answers worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import circularpark
from circularpark.errors import NoFeasiblePlan
from circularpark.solve.plan import Plan
from tests.parks import make_park

TOML = """\
[park]
id = "warm"
name = "warm"
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
id,kind,unit,temperature,return_temperature,latent_temperature,latent_share,exchanger_capex,exchanger_lifetime
heat,heat,MWh,,,,,,
steam,heat,MWh,{steam},,,,{capex},10
gas,energy,MWh,,,,,,
power,energy,MWh,,,,,,
"""
FLOWS = "id,site,commodity,amount,unit,supply_temp,target_temp\n"
STREAM = "waste,mill,heat,{offer},MW,{supply},{target}\n"
DEMAND = "drying,farm,heat,{want},MW,{start},{end}\n"
PIPE = {
    "transports": "id,commodity,max_km,loss_per_km\npipe,steam,5,0\n",
}
BUY = "id,site,commodity,direction,price\n"


def solved(folder: Path, **tables: str) -> Plan:
    plan = circularpark.solve(circularpark.read_park(make_park(folder, toml=TOML, **tables)))
    assert plan.certificate.ok
    return plan


def test_steam_carries_waste_heat_to_the_neighbour_over_exchangers_that_are_paid(
    tmp_path: Path,
) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=1000),
        streams=FLOWS + STREAM.format(offer=9, supply=200, target=150),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **PIPE,
    )
    # Steam bought would cost 40 x 1000 h; exchangers of 1000 CNY/MW at both ends, ten years
    # at 5 %, cost next to nothing beside it.
    annuity = 0.05 / (1 - 1.05**-10)
    assert plan.objective["value"] == pytest.approx(2 * 6 * 1000 * annuity)
    assert plan.measures.query("measure == 'capex'")["value"].sum() == pytest.approx(12_000)
    built = plan.builds.set_index("item")["capacity"]
    assert built["steam@mill@raised"] == pytest.approx(6)
    assert built["steam@farm@used"] == pytest.approx(6)
    assert set(plan.builds.query("kind == 'exchanger'")["unit"]) == {"MW"}
    # Today all steam is bought, through the same exchanger at the farm.
    assert plan.baseline is not None
    assert plan.baseline["cost"]["2025"] == pytest.approx(40 * 6 * 1000 + 6 * 1000 * annuity)


def test_a_dear_exchanger_is_not_built(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=1e6),
        streams=FLOWS + STREAM.format(offer=9, supply=200, target=150),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **PIPE,
    )
    assert plan.raised["value"].sum() == 0
    assert plan.exchange["value"].sum() == pytest.approx(6)


def test_steam_is_not_raised_from_heat_that_is_too_cold(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        # 120 degC steam asks for 130 degC at least: half of what cools from 160 to 100 is above.
        streams=FLOWS + STREAM.format(offer=9, supply=160, target=100),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **PIPE,
    )
    assert plan.raised.set_index("site")["value"]["mill"] == pytest.approx(4.5)
    assert plan.exchange["value"].sum() == pytest.approx(1.5)


PUMP = {
    "technologies": "id,capacity_of\npump,power\n",
    "recipes": (
        "technology,row,commodity,rate,supply_temp,target_temp\n"
        "pump,power,power,-1,,\n"
        "pump,cold,heat,-3,50,50\n"
        "pump,hot,heat,4,110,110\n"
    ),
    "processes": "id,site,technology,capacity\nlift,mill,pump,10\n",
}


def test_where_greedy_matching_of_levels_is_wrong(tmp_path: Path) -> None:
    """Heat pump, carrier and stream in one cascade: the best use of each depends on the others.

    The stream gives 4 MW from 160 to 60 degC, steam of 100 degC sells at 50, a bath wants 1 MW
    from 90 to 100 degC. The pump turns 3 MW at 50 and 1 MW of power at 80 into 4 MW at 110.
    """
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=100, capex=0),
        streams=FLOWS + STREAM.format(offer=4, supply=160, target=60),
        demands=FLOWS + "bath,mill,heat,1,MW,90,100\n",
        markets=BUY + "grid,mill,power,buy,80\nsold,mill,steam,sell,50\n",
        **PUMP,
    )
    lifted = plan.activity["value"].sum()
    raised = plan.raised["value"].sum()
    # Shifted by 5 K: of the stream 2 MW are above the steam (105), 0.4 beside the bath (105 to
    # 95), 1.6 below. The bath takes what is beside it first, and the pump lifts all that is below.
    assert lifted == pytest.approx(1.6 / 3)
    assert raised == pytest.approx(2.0 + 4 * lifted - 0.6)
    assert plan.objective["value"] == pytest.approx(1000 * (80 * lifted - 50 * raised))
    # The hottest source to the hottest sink, level by level: the bath takes 1 MW of the stream's
    # hot end, the pump lifts the 2 MW below, and less is earned.
    greedy = 80 * 2.0 / 3 - 50 * (2.0 - 1.0 + 4 * 2.0 / 3)
    assert plan.objective["value"] < 1000 * greedy - 1000


def test_missing_heat_is_named_by_site_and_temperature(tmp_path: Path) -> None:
    park = make_park(
        tmp_path,
        toml=TOML,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + STREAM.format(offer=4, supply=160, target=60),
        demands=FLOWS + "bath,mill,heat,3,MW,90,120\n",
    )
    with pytest.raises(NoFeasiblePlan) as caught:
        circularpark.solve(circularpark.read_park(park))
    said = caught.value.diagnosis.text("en")
    # Above 95 degC (shifted) the stream gives 4 x 60 / 100 = 2.4 MW.
    assert "Heat from 155 to 95 °C (shifted) at mill is short by 0.6 MW" in said
    assert "a new source of 0.6 MW of heat at 155 °C (shifted) at mill" in said
    assert "移位温度" in caught.value.diagnosis.text("zh")


def line(capacity: str, *, back: str = "") -> dict[str, str]:
    """A direct line of 2 km from the mill to the farm that loses 5 % a kilometre."""
    return {
        "transports": (
            "id,commodity,max_km,loss_per_km,cost_per_km,bidirectional,direct\n"
            f"duct,heat,0,0.05,1,{back},yes\n"
        ),
        "links": (
            f"id,from,to,commodity,transport,km,capacity\nline,mill,farm,heat,duct,2,{capacity}\n"
        ),
    }


def test_a_direct_line_brings_heat_at_its_own_temperature(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + STREAM.format(offer=6, supply=120, target=60),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **line("50"),
    )
    # Shifted, the demand is from 95 to 65: from 115 to 95 the stream gives 2 MW, to 65 3 MW more.
    sent = plan.direct_flow["value"].sum()
    assert sent == pytest.approx(5)
    assert plan.link_flow["value"].sum() == pytest.approx(sent)
    assert plan.exchange["value"].sum() == pytest.approx(6 - 0.9 * sent)
    assert plan.objective["value"] == pytest.approx(1000 * (2 * sent + 40 * (6 - 0.9 * sent)))


def test_a_direct_line_is_full_at_its_capacity(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + STREAM.format(offer=6, supply=120, target=60),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **line("3"),
    )
    assert plan.direct_flow["value"].sum() == pytest.approx(3)


def test_a_direct_line_may_run_both_ways(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + "waste,farm,heat,6,MW,120,60\n",
        demands=FLOWS + "drying,mill,heat,6,MW,60,90\n",
        markets=BUY + "bought,mill,steam,buy,40\n",
        **line("50", back="yes"),
    )
    assert plan.direct_flow_back["value"].sum() == pytest.approx(5)
    assert plan.link_flow_back["value"].sum() == pytest.approx(5)
    assert plan.heat.query("kind == 'released' and table == 'direct_flow_back'")[
        "value"
    ].sum() == pytest.approx(4.5)


def test_an_idle_direct_line_says_what_it_lacks(tmp_path: Path) -> None:
    dear = {name: text.replace(",1,,yes", ",50,,yes") for name, text in line("50").items()}
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + STREAM.format(offer=6, supply=120, target=60),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **dear,
    )
    assert plan.direct_flow["value"].sum() == 0
    # A MWh sent costs 2 x 50 and spares 0.9 x 40 of steam.
    idle = plan.reduced_cost.set_index("link").loc["line"]
    assert idle["per_unit"] == pytest.approx(100 - 36)


def test_a_temperature_may_change_with_the_years(tmp_path: Path) -> None:
    park = make_park(
        tmp_path,
        toml=TOML.replace("years = [2025]", "years = [2025, 2030]"),
        commodities=GOODS.format(steam=150, capex=0),
        streams=FLOWS + STREAM.format(offer=6, supply=120, target=60),
        demands=FLOWS + "drying,mill,heat,3,MW,60,90\n",
        markets=BUY + "bought,mill,steam,buy,40\n",
        paths="table,item,column,year,set\nstreams,waste,supply_temp,2030,80\n",
    )
    plan = circularpark.solve(circularpark.read_park(park))
    assert plan.certificate.ok
    bought = plan.exchange.set_index("period")["value"]
    # Shifted, the demand is from 95 to 65. First the stream reaches it all; from 75 on only
    # the third from 75 to 65, where half of the stream's heat is.
    assert bought["2025"] == pytest.approx(0)
    assert bought["2030"] == pytest.approx(2)


def test_units_of_heat_may_differ(tmp_path: Path) -> None:
    goods = GOODS.format(steam=120, capex=1000).replace("steam,heat,MWh", "steam,heat,GJ")
    plan = solved(
        tmp_path,
        commodities=goods.replace("heat,heat,MWh", "heat,heat,kWh"),
        streams=FLOWS + STREAM.format(offer=9, supply=200, target=150),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        **PIPE,
    )
    assert plan.raised["value"].sum() == pytest.approx(6 * 3.6)
    annuity = 0.05 / (1 - 1.05**-10)
    assert plan.objective["value"] == pytest.approx(2 * 6 * 1000 * annuity)


def test_heat_may_be_short_at_a_cost_and_must_be_got_rid_of(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS.strip() + ",surplus\n" + "waste,mill,heat,6,MW,120,60,must_use\n",
        demands=FLOWS.strip() + ",unmet_cost\n" + "bath,mill,heat,4,MW,90,105,100\n",
        markets=BUY + "tower,mill,heat,dispose,3\n",
    )
    # Shifted, the bath is from 95 to 110, and down to 95 the stream gives 2 of its 6 MW.
    assert plan.unmet["value"].sum() == pytest.approx(2)
    assert plan.exchange["value"].sum() == pytest.approx(4)


def test_the_table_of_heat_closes_in_every_interval(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS.format(steam=120, capex=0),
        streams=FLOWS + STREAM.format(offer=9, supply=160, target=100),
        demands=FLOWS + DEMAND.format(want=6, start=60, end=90),
        markets=BUY + "bought,farm,steam,buy,40\n",
        **PIPE,
    )
    heat = plan.heat
    assert list(heat) == [
        "site", "heat_zone", "upper", "lower", "period", "kind", "table", "item", "value",
    ]  # fmt: skip
    for _, own in heat.groupby(["site", "heat_zone"], observed=True):
        falls = 0.0
        for (_, lower), cell in own.groupby(["upper", "lower"], sort=False):
            amount = cell.groupby("kind", observed=False)["value"].sum()
            falls += amount["released"] - amount["used"]
            assert amount["residual"] == pytest.approx(falls, abs=1e-9), lower
    used = heat[heat["kind"] == "used"].groupby("item", observed=True)["value"].sum()
    assert used["drying"] == pytest.approx(6)
    assert used["steam"] == pytest.approx(4.5)
