"""What is allowed but unusual: short supply, least CO2 at any price, slips of unit, defaults."""

from __future__ import annotations

from circularpark.park.model import Stage
from tests.park.drafts import added, changed, findings, place, sound, the
from tests.parks import found, make_park


def test_a_demand_above_every_supply_is_warned_of():
    assert findings(changed("demands", 0, amount=60.0)) == []
    finding = the(findings(changed("demands", 0, amount=61.0)), "checks.short_supply")
    assert place(finding) == ("warning", "demands.csv", 2, "amount")
    assert "61" in finding.message("zh")
    assert "60" in finding.message("zh")


def test_a_yearly_demand_is_compared_by_the_hour():
    rows = changed("demands", 0, amount=60.0 * 8000)
    rows["demands"][1]["amount"] = 8000.0
    assert findings(rows, per={"demands": "a"}) == []
    rows["demands"][0]["amount"] = 60.1 * 8000
    found = findings(rows, per={"demands": "a"})
    assert [f.code for f in found] == ["checks.short_supply"]


def test_a_demand_without_any_supply_is_warned_of():
    rows = {**sound(), "processes": []}
    finding = the(findings(rows), "checks.no_supply")
    assert place(finding) == ("warning", "demands.csv", 2, "commodity")


def test_what_must_be_used_has_somewhere_to_go():
    rows = sound()
    rows["markets"].pop()
    rows["demands"].pop()
    finding = the(findings(rows), "checks.no_way_out")
    assert place(finding) == ("warning", "streams.csv", 2, "commodity")
    rows["streams"][0]["surplus"] = "free"
    assert "checks.no_way_out" not in [f.code for f in findings(rows)]


def test_least_co2_without_a_budget_is_no_advice():
    rows = {**sound(), "limits": []}
    finding = the(findings(rows), "checks.co2_at_any_price")
    assert place(finding) == ("warning", "park.toml", None, "minimise")
    assert findings(rows, stages=(Stage({"cost": 1.0}),)) == []


def test_endless_profit_from_trade_is_warned_of():
    sale = {
        "id": "resale",
        "site": "plant",
        "commodity": "coal",
        "direction": "sell",
        "price": 801.0,
    }
    finding = the(findings(added("markets", sale)), "checks.free_money")
    assert place(finding) == ("warning", "markets.csv", 4, "price")
    assert findings(added("markets", {**sale, "price": 799.0})) == []
    assert findings(added("markets", {**sale, "max": 9.0})) == []


def test_an_energy_unit_has_one_coal_equivalent():
    finding = the(findings(changed("commodities", 1, kgce=38.0)), "checks.kgce_unit")
    assert place(finding) == ("warning", "commodities.csv", 3, "kgce")
    assert "34.1208" in finding.fix("en")  # 1000 kg / 29.3076 GJ
    finding = the(findings(changed("commodities", 0, kgce=20900.0)), "checks.kgce_range")
    assert place(finding) == ("warning", "commodities.csv", 2, "kgce")


def test_an_amount_a_thousand_times_the_others_is_warned_of():
    rows = sound()
    rows["demands"] += [
        {"id": f"more_{i}", "site": "kiln", "commodity": "ash", "amount": amount}
        for i, amount in enumerate([0.4, 0.6, 500.0])
    ]
    finding = the(findings(rows), "checks.outlier_high")
    assert place(finding) == ("warning", "demands.csv", 6, "amount")


def test_defaults_that_matter_are_told():
    finding = the(findings(changed("markets", 0, price=None)), "checks.default_price")
    assert place(finding) == ("warning", "markets.csv", 2, "price")
    rows = changed("processes", 0, status="candidate")
    rows["technologies"][0].update(capex=None, lifetime=None)
    found = findings(rows)
    assert place(the(found, "checks.default_capex")) == ("warning", "processes.csv", 2, "capex")
    assert place(the(found, "checks.default_used")) == ("fixed", "processes.csv", 2, "lifetime")
    finding = the(findings(changed("transports", 0, detour=None)), "checks.default_used")
    assert place(finding) == ("fixed", "transports.csv", 2, "detour")
    assert "1.3" in finding.message("zh")


def test_what_a_fuel_makes_counts_by_its_unit_where_its_kgce_is_blank(tmp_path):
    park = make_park(
        tmp_path,
        commodities="id,kind,unit,surplus,kgce,co2\nsteam,energy,MWh,free,,\n"
        "gas,energy,MWh,must_use,122.8,0.2\n",
        technologies="id,capacity_of,capex\nboiler,steam,1\n",
        recipes="technology,commodity,rate,emits\nboiler,steam,1,\nboiler,gas,-0.5,true\n",
        processes="id,site,technology,capacity\nb1,mill,boiler,5\n",
        demands="id,site,commodity,amount,unit\nd1,mill,steam,3,MW\n",
        markets="id,site,commodity,direction,price\ngas_in,*,gas,buy,300\n",
    )
    finding = found(park, "checks.energy_maybe")
    assert (finding.severity, finding.file, finding.row) == ("warning", "recipes.csv", 2)
    assert "200.1 %" in finding.message("en")
