"""Kalundborg: the published figures, what the program finds again, and what its README says."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import circularpark
from circularpark import Plan
from circularpark.park.model import Park
from circularpark.physics.candidates import link_keys

PARK = Path(__file__).parents[1] / "parks" / "kalundborg"
CASES = sorted(file.stem for file in (PARK / "cases").glob("*.toml"))
READMES = {"en": PARK / "README.md", "zh": PARK / "README.zh-CN.md"}
VERDICTS = {"found": True, "not found": False, "找到": True, "未找到": False}
WAY = ["from", "to", "commodity"]
HOURS = 8760

# As real_parks.json and symbiosis_examples.csv of the data pack state them.
PUBLISHED_FLOWS = {
    "sludge_farms": 1_000_000,
    "ash_cement": 135_000,
    "steam_novo": 215_000,
    "steam_statoil": 140_000,
    "cooling_asnaes": 700_000,
    "yeast_pigs": 5_000,
    "gypsum_gyproc": 200_000,
    "sulphur_acid": 2_800,
}
PUBLISHED_STARTS = {
    "tisso_statoil": 1961,
    "gas_gyproc": 1972,
    "tisso_asnaes": 1973,
    "sludge_farms": 1976,
    "ash_cement": 1979,
    "warm_water_fish": 1989,
    "heat_homes": 1981,
    "steam_statoil": 1982,
    "steam_novo": 1982,
    "cooling_asnaes": 1987,
    "yeast_pigs": 1989,
    "treated_asnaes": 1991,
    "gypsum_gyproc": 1993,
    "waste_water_town": 1995,
    "drain_asnaes": 1995,
}


@cache
def park_of(case: str = "") -> Park:
    return circularpark.read_park(PARK, case=case or None)


@cache
def plan_of(case: str = "") -> Plan:
    return circularpark.solve(park_of(case))


def best_co2(plan: Plan) -> float:
    assert plan.baseline is not None
    return plan.baseline["co2"]["1997"]


@cache
def alone_co2() -> float:
    return best_co2(plan_of("alone"))


def real_links() -> pd.DataFrame:
    return park_of().tables.links.set_index("id")


def sent(plan: Plan) -> pd.Series:
    """What a plan sends on each way (from, to, commodity) in a year."""
    keys = link_keys(plan.park).set_index("id")[WAY]
    flow = plan.link_flow
    yearly = (flow.set_index("link")[flow.columns[-1]] * HOURS).rename("amount")
    return keys.join(yearly, how="inner").groupby(WAY)["amount"].sum()


def tables_of(readme: Path) -> list[list[list[str]]]:
    """The Markdown tables of a README: rows of cells, heads and rules left out."""
    found: list[list[list[str]]] = [[]]
    for line in readme.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif found[-1]:
            found.append([])
    return [table[2:] for table in found if table]


def told_links(lang: str) -> dict[str, list[str]]:
    """The README's rows of real links, by id."""
    real = set(real_links().index)
    rows = [row for table in tables_of(READMES[lang]) for row in table]
    return {row[0].strip("`"): row for row in rows if row[0].strip("`") in real}


def told_savings(lang: str) -> list[float]:
    """The README's CO2 savings beside the published figures, in kt, in the order of its rows."""
    table = next(t for t in tables_of(READMES[lang]) if t[0][0] in {"ours", "本模型"})
    return [float(row[2]) for row in table]


def number(cell: str) -> float:
    found = re.match(r"[\d,.]+", cell)
    assert found, cell
    return float(found[0].replace(",", ""))


def found_again(plan: Plan) -> dict[str, bool]:
    """Whether a plan sends at least half of what history did.

    History's amount is the published one, else what the exchange carries when the park as it
    was runs best, else (where it then carries nothing) what is offered.
    """
    flow, offers = sent(plan), park_of().tables.streams.set_index(["site", "commodity"])["amount"]
    best = plan_of().best
    assert best is not None
    run = best.flows["link_flow"].frame().set_index("link")["value"] * HOURS
    verdicts = {}
    for name, row in real_links().iterrows():
        offer = float(offers.get((row["from"], row["commodity"]), float("nan")))
        history = PUBLISHED_FLOWS.get(str(name)) or float(run.get(name, 0.0)) or offer
        verdicts[str(name)] = bool(flow.get(tuple(row[WAY]), 0.0) >= 0.5 * history)
    return verdicts


@pytest.mark.parametrize("case", ["", *CASES])
def test_the_park_and_its_cases_read_without_any_remark(case: str) -> None:
    assert park_of(case).findings == ()


@pytest.mark.parametrize("case", ["", *CASES])
def test_every_plan_is_certified(case: str) -> None:
    assert plan_of(case).certificate.ok


def test_flows_of_today_are_the_published_ones() -> None:
    today = (real_links()["today"].dropna() * HOURS).to_dict()
    assert today == pytest.approx(PUBLISHED_FLOWS, rel=1e-6)


def test_links_started_when_the_sources_say() -> None:
    assert real_links()["built"].dropna().to_dict() == PUBLISHED_STARTS


def test_the_published_totals_are_what_the_readings_amount_to() -> None:
    metered = plan_of().metered
    assert metered is not None
    assert len(metered.residuals) == len(PUBLISHED_FLOWS)
    assert sorted(metered.residuals["record"]) == sorted(PUBLISHED_FLOWS.values())
    assert metered.residuals["share"].abs().max() < 1e-6


def test_every_row_says_where_it_is_from() -> None:
    for file in sorted(PARK.glob("*.csv")):
        rows = pd.read_csv(file, keep_default_na=False)
        assert (rows[["source", "confidence"]] != "").all(axis=None), file.name
        facts = rows[rows["confidence"] == "fact"]
        assert not facts["source"].str.startswith("model assumption").any(), file.name


def test_the_map_says_that_places_are_approximate() -> None:
    assert set(park_of().tables.sites["coordinates"]) == {"approximate"}
    for layer in ("corridors", "water"):
        features = json.loads((PARK / f"{layer}.geojson").read_text(encoding="utf-8"))["features"]
        assert {f["properties"]["source"] for f in features} == {"schematic"}


def test_each_firm_by_itself_exchanges_nothing() -> None:
    assert len(link_keys(park_of("alone"))) == 0
    assert plan_of("alone").builds.empty


def test_candidates_of_rediscover_come_from_tables_alone() -> None:
    keys = link_keys(park_of("rediscover"))
    assert keys["generated"].all()
    rows = pd.read_csv(PARK / "transports.csv", keep_default_na=False)
    sites = set(park_of().tables.sites["id"])
    assert sites.isdisjoint(set(rows[["id", "commodity", "energy_commodity"]].to_numpy().ravel()))


def test_rediscover_starts_where_each_firm_is_by_itself() -> None:
    assert best_co2(plan_of("rediscover")) == pytest.approx(alone_co2(), rel=1e-9)


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_says_of_every_real_link_whether_it_was_found(lang: str) -> None:
    told = {link: VERDICTS[row[4]] for link, row in told_links(lang).items()}
    assert told == found_again(plan_of("rediscover"))


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_says_what_the_plan_sends(lang: str) -> None:
    flow, real = sent(plan_of("rediscover")), real_links()
    told = {link: number(row[5]) for link, row in told_links(lang).items()}
    plan = {link: float(flow.get(tuple(real.loc[link, WAY]), 0.0)) for link in told}
    assert told == pytest.approx(plan, rel=6e-3, abs=1.0)


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_names_every_other_link_of_the_plan(lang: str) -> None:
    real = set(map(tuple, real_links()[WAY].to_numpy()))
    flow = sent(plan_of("rediscover"))
    others = set(flow[flow > 1.0].index) - real
    text = READMES[lang].read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)@(\w+)@(\w+)@\w+` \|", text, flags=re.MULTILINE)
    assert {(start, end, commodity) for commodity, start, end in named} == others


def test_own_use_loses_the_three_waters_of_the_refinery() -> None:
    lost = {link for link, found in found_again(plan_of("own-use")).items() if not found}
    never = {link for link, found in found_again(plan_of("rediscover")).items() if not found}
    assert lost - never == {"cooling_asnaes", "treated_asnaes", "drain_asnaes"}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kalundborg")


PIPES = ["steam_pipe", "hot_water_pipe", "water_pipe", "gas_pipe"]
# What the README calls assumed and turns: table, the rows' cells, column.
ASSUMED = {
    "groundwater": ("markets", "id", ["ground_water_supply"], "price"),
    "oil": ("markets", "id", ["fuel_oil_supply", "gas_oil_supply"], "price"),
    "power": ("markets", "id", ["grid"], "price"),
    "pipes": ("transports", "id", PIPES, "capex_per_km"),
    "heat network": ("technologies", "id", ["heat_network"], "capex"),
    "disposal": ("markets", "direction", ["dispose"], "price"),
}


def turned(folder: Path, what: str, factor: float) -> Plan:
    """The plan of rediscover with one assumption multiplied."""
    table, key, rows, column = ASSUMED[what]
    park = folder / f"{what}-{factor:g}" / "kalundborg"
    shutil.copytree(PARK, park)
    change = f'\n[[change]]\ntable = "{table}"\nwhere = {{ {key} = {json.dumps(rows)} }}\n'
    change += f"multiply = {{ {column} = {factor} }}\n"
    with (park / "cases" / "rediscover.toml").open("a", encoding="utf-8") as case:
        case.write(change)
    return circularpark.solve(circularpark.read_park(park, case="rediscover"))


@pytest.mark.parametrize("what", [name for name in ASSUMED if name != "disposal"])
@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_half_or_twice_an_assumption_changes_no_verdict(
    copies: Path, what: str, factor: float
) -> None:
    assert found_again(turned(copies, what, factor)) == found_again(plan_of("rediscover"))


def test_only_the_sludge_hangs_on_the_price_of_disposal(copies: Path) -> None:
    was, now = found_again(plan_of("rediscover")), found_again(turned(copies, "disposal", 0.0))
    assert {link for link in was if was[link] != now[link]} == {"sludge_farms"}


@cache
def saved_alone(folder: Path, link: str) -> float:
    """CO2 that one link saves, added to each firm by itself, in kt."""
    park = folder / link / "kalundborg"
    shutil.copytree(PARK, park)
    rows = pd.read_csv(park / "links.csv", dtype=str, keep_default_na=False)
    rows[rows["id"] == link].to_csv(park / "links.csv", index=False)
    plan = circularpark.solve(circularpark.read_park(park))
    return (alone_co2() - best_co2(plan)) / 1000


def test_the_readme_says_what_each_link_saves_by_itself(copies: Path) -> None:
    saved = {link: saved_alone(copies, link) for link in real_links().index}
    for lang in READMES:
        told = {link: float(row[6]) for link, row in told_links(lang).items()}
        assert told == pytest.approx(saved, abs=0.051)
    together = (alone_co2() - best_co2(plan_of())) / 1000
    assert sum(saved.values()) == pytest.approx(together, rel=0.01)


def saved_totals(folder: Path) -> list[float]:
    """Our rows of the README's comparison, in kt: alone minus the case."""
    exchanges = alone_co2() - best_co2(plan_of())
    ash = saved_alone(folder, "ash_cement") * 1000
    own_use = plan_of("own-use").account.whole("co2")
    tonnes = [
        exchanges,
        exchanges - ash,
        alone_co2() - best_co2(plan_of("wood-chips")),
        alone_co2() - plan_of("rediscover").account.whole("co2"),
        alone_co2() - best_co2(plan_of("other-figures")),
        alone_co2() - own_use,
    ]
    return [t / 1000 for t in tonnes]


@pytest.mark.parametrize("lang", READMES)
def test_the_readme_gives_our_savings_beside_the_published(lang: str, copies: Path) -> None:
    told = told_savings(lang)
    assert told[:6] == pytest.approx(saved_totals(copies), abs=0.51)
    assert told[6:] == [130, 275, 635, 586]


@pytest.mark.parametrize("case", ["", "rediscover", "own-use"])
def test_no_commodity_is_sent_there_and_back(case: str) -> None:
    flow = sent(plan_of(case))
    ways = set(flow[flow > 1.0].index)
    assert {(a, b, good) for a, b, good in ways if (b, a, good) in ways} == set()


def test_a_ceiling_on_the_cost_of_a_tonne_holds_in_every_case() -> None:
    assert {plan_of(case).cost_per_tonne["ceiling"] for case in ["", *CASES]} == {100.0}


def test_own_use_alone_already_saves_what_the_readme_says() -> None:
    saved = (alone_co2() - best_co2(plan_of("own-use"))) / 1000
    for readme in READMES.values():
        told = re.search(r"(?:already saves|已减) (\d+)", readme.read_text(encoding="utf-8"))
        assert told is not None
        assert float(told[1]) == pytest.approx(saved, abs=0.51)


def test_refinery_heat_takes_over_the_town_once_heat_has_temperatures() -> None:
    plan = plan_of("heat")
    flow = sent(plan)
    to_town = flow.xs(("statoil", "hot_water"), level=("from", "commodity"))
    assert to_town.sum() / HOURS > 10
    assert "asnaes_heat_pump" not in set(plan.builds["item"])
    for readme in READMES.values():
        text = readme.read_text(encoding="utf-8")
        told = [float(x) for x in re.findall(r"^\| [^|]+ \| (8\d{3}\.\d) \|$", text, re.MULTILINE)]
        assert told == pytest.approx(
            [best_co2(plan) / 1e3, plan.account.annual("co2")[1997] / 1e3], abs=0.051
        )
