"""Projects valued alone, last, on average and in money: by hand on a park of two."""

from __future__ import annotations

import json

import pytest

from circularpark import ParkDataError, Study, read_park, solve
from circularpark.account.money import annuity_factor
from circularpark.cli.main import run
from circularpark.studies.project_pairs import PAIRED
from tests.studies.project_park import (
    BOTH,
    LIFE,
    LINK,
    MONEY,
    NEED,
    PIPE,
    PIPE_CAPEX,
    SOLAR,
    SOLAR_CAPEX,
    TABLES,
    TONNES,
    two_projects,
    write_list,
)

SLACK = 1e-5
TAX = 0.25
PIPE_YEARLY, SOLAR_YEARLY = PIPE * PIPE_CAPEX / LIFE, SOLAR * SOLAR_CAPEX / LIFE


def near(value, size=1.0):
    return pytest.approx(value, rel=SLACK, abs=SLACK * size)


def evaluated(folder, text=BOTH, *, terms=None, support=False, runs=None, **park):
    where = two_projects(folder, **park)
    return Study(where).evaluate(write_list(folder, text), terms=terms, support=support, runs=runs)


def of(found, name):
    return next(p for p in found.projects if p.id == name)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return evaluated(tmp_path_factory.mktemp("two"))


def test_alone_each_saves_all_that_it_can(both):
    assert of(both, "pipe").values["alone"] == near((PIPE * TONNES, PIPE_YEARLY - PIPE * MONEY))
    assert of(both, "sun").values["alone"] == near((SOLAR * TONNES, SOLAR_YEARLY - SOLAR * MONEY))


def test_as_the_last_each_saves_what_the_other_leaves(both):
    left = NEED - SOLAR
    assert of(both, "pipe").values["last"] == near((left * TONNES, PIPE_YEARLY - left * MONEY))
    left = NEED - PIPE
    assert of(both, "sun").values["last"] == near((left * TONNES, SOLAR_YEARLY - left * MONEY))


def test_on_average_they_share_what_they_save_together(both):
    # Each is once the first and once the second.
    pipe = (PIPE + NEED - SOLAR) / 2
    assert of(both, "pipe").values["average"] == near((pipe * TONNES, PIPE_YEARLY - pipe * MONEY))
    assert both.together == near((NEED * TONNES, PIPE_YEARLY + SOLAR_YEARLY - NEED * MONEY))
    for place in (0, 1):
        shares = sum(p.values["average"][place] for p in both.projects)
        assert shares == near(both.together[place])
    assert (both.orders, both.exact) == (2, True)


def test_interaction_is_what_alone_has_more_than_last(both):
    assert of(both, "pipe").interaction == near(
        ((PIPE + SOLAR - NEED) * TONNES, -(PIPE + SOLAR - NEED) * MONEY)
    )
    assert [p.relation for p in both.projects] == ["competes", "competes"]


def test_each_is_told_with_the_one_it_depends_on_most(both):
    lost = (PIPE + SOLAR - NEED) * TONNES
    assert of(both, "pipe").beside == ("sun", near(-lost))
    assert of(both, "sun").beside == ("pipe", near(-lost))


def test_every_set_of_projects_is_solved_once(both):
    # Four sets, and the shadow prices.
    assert both.runs == 5
    assert both.certified
    assert both.proven


def test_money_of_one_project_by_hand(tmp_path):
    found = of(evaluated(tmp_path, f"item,capacity\n{LINK},{PIPE}\n"), LINK)
    money, capex, saving = found.finances, PIPE * PIPE_CAPEX, PIPE * MONEY
    assert (money.capex, money.saving) == near((capex, saving))
    # Without interest a present value is a sum; tax is paid on what is earned beyond the capex.
    assert money.before_tax.npv == near(LIFE * saving - capex)
    assert money.after_tax.npv == near((1 - TAX) * (LIFE * saving - capex))
    assert money.simple == near(capex / saving)
    assert annuity_factor(money.before_tax.returns.rate, LIFE) == near(capex / saving)
    # Sourced figures may be wrong by -20 to +30 %: that moves what is paid and what tax it saves.
    assert money.low == near(money.after_tax.npv - (1 - TAX) * 0.3 * capex)
    assert money.high == near(money.after_tax.npv + (1 - TAX) * 0.2 * capex)
    assert money.margin == near(money.after_tax.npv / ((1 - TAX) * LIFE * saving))
    carbon = 81.5 * PIPE * TONNES * LIFE * (1 - TAX)
    assert money.with_carbon.npv == near(money.after_tax.npv + carbon)


@pytest.mark.parametrize("rate", [0.03, 0.08])
def test_present_value_is_the_models_cost_turned_round(tmp_path, rate):
    found = evaluated(tmp_path, rate=rate)
    for project in found.projects:
        worth = -project.values["last"][1] * annuity_factor(rate, LIFE)
        assert project.finances.before_tax.npv == near(worth, 1e6)
    worth = -found.together[1] * annuity_factor(rate, LIFE)
    assert found.finances.before_tax.npv == near(worth, 1e6)


def test_planning_years_hold_until_the_next(tmp_path):
    found = evaluated(tmp_path, rate=0.05, years="[2025, 2030]")
    money = of(found, "pipe").finances
    # The same saving in both planning years, and after the last one as in it.
    left = (NEED - SOLAR) * MONEY
    expected = left * annuity_factor(0.05, LIFE) - PIPE * PIPE_CAPEX
    assert money.before_tax.npv == near(expected)


def test_the_carbon_price_that_is_enough_makes_the_present_value_zero(tmp_path):
    dear = f"item,capacity,capex\n{LINK},{PIPE},90000000\n"
    price = of(evaluated(tmp_path / "a", dear), LINK).finances.carbon_price
    assert price > 0
    found = of(evaluated(tmp_path / "b", dear, terms={"carbon_price": price}), LINK)
    assert found.finances.with_carbon.npv == pytest.approx(0.0, abs=1.0)
    assert found.finances.after_tax.payback is None


def test_a_lists_own_money_replaces_the_models(tmp_path):
    said = f"item,capacity,capex,yearly_cost,subsidy,lifetime\n{LINK},{PIPE},30e6,200000,5e6,15\n"
    project = of(evaluated(tmp_path, said), LINK)
    assert project.values["last"][1] == near(30e6 / 15 + 200_000 - PIPE * MONEY)
    assert (project.finances.capex, project.finances.subsidy) == near((30e6, 5e6))
    saving = PIPE * MONEY - 200_000
    assert project.finances.before_tax.npv == near(15 * saving - 25e6)
    # What a list says without a confidence may be wrong by -50 to +100 %.
    assert project.items[["least", "most"]].iloc[0].tolist() == [0.5, 2.0]


def test_the_price_lies_between_what_it_costs_the_giver_and_saves_the_taker(tmp_path):
    found = evaluated(tmp_path, f"item,capacity\n{LINK},{PIPE}\n")
    project = of(found, LINK)
    (link,) = project.links.to_dict("records")
    assert (link["giver"], link["taker"]) == ("Mill Ltd", "Farm Ltd")
    high = (PIPE * MONEY - PIPE_YEARLY) / (PIPE * 8760)
    assert (link["low"], link["high"], link["basis"]) == (near(0.0), near(high), "account")
    assert link["price"] == near(high / 2)
    after = found.companies.set_index("company")["after"]
    assert after["Mill Ltd"] == near(after["Farm Ltd"])
    assert after.sum() == near(-found.together[1])
    assert project.partners == ("Mill Ltd", "Farm Ltd")


def test_where_no_price_pays_both_none_is_named(tmp_path):
    dear = f"item,capacity,capex\n{LINK},{PIPE},90000000\n"
    (link,) = of(evaluated(tmp_path, dear), LINK).links.to_dict("records")
    assert link["high"] < link["low"]
    assert link["price"] != link["price"]


def test_support_adds_the_subsidy_and_the_tax_credit(tmp_path):
    plain = of(evaluated(tmp_path / "a"), "pipe").finances
    helped = of(evaluated(tmp_path / "b", support=True), "pipe").finances
    capex = PIPE * PIPE_CAPEX
    assert helped.subsidy == near(0.15 * capex)
    # The subsidy is not written off; the credit is a tenth of the investment.
    more = 0.15 * capex * (1 - TAX) + 0.1 * capex
    assert helped.after_tax.npv == near(plain.after_tax.npv + more)


def test_contract_and_loan_by_hand(tmp_path):
    own = {"loan_share": 50, "loan_rate": 2, "loan_years": 10, "emc_years": 8, "income_tax": 0}
    money = of(evaluated(tmp_path, f"item,capacity\n{LINK},{PIPE}\n", terms=own), LINK).finances
    capex, saving = PIPE * PIPE_CAPEX, PIPE * MONEY
    service = capex / 2 / annuity_factor(0.02, 10)
    assert money.owner.npv == near(LIFE * saving - capex / 2 - 10 * service)
    assert money.cover == near(saving / service)
    assert money.emc_company.npv == near(0.8 * 8 * saving - capex)
    assert money.emc_host.npv == near(LIFE * saving - 0.8 * 8 * saving)
    assert money.emc_share is None  # 24 million of capex, 21 million of saving in eight years


def test_a_list_beyond_the_budget_is_valued_and_told(tmp_path):
    found = evaluated(tmp_path, budget=50e6)
    assert found.lifted == ("budget",)
    assert found.together[0] == near(NEED * TONNES)


def test_a_plans_own_projects(tmp_path):
    found = Study(two_projects(tmp_path)).evaluate()
    # 10 MW are enough: the cheaper pipe whole, and the sun for the rest.
    assert {p.id: p.capex for p in found.projects} == {
        LINK: near(PIPE * PIPE_CAPEX),
        "roof": near((NEED - PIPE) * SOLAR_CAPEX),
    }
    assert [p.relation for p in found.projects] == ["none", "none"]
    assert found.together[0] == near(NEED * TONNES)
    assert found.plan is not None


def test_without_what_nothing_can_run_there_is_no_value(tmp_path):
    # With 3 MW on sale at most, the farm cannot do without either.
    little = TABLES["markets"].replace("scope\n", "scope,max\n").replace("0.2,2\n", "0.2,2,3\n")
    found = Study(two_projects(tmp_path, markets=little)).evaluate()
    assert [p.values for p in found.projects] == [{}, {}]
    assert found.together is None
    assert of(found, LINK).partners == ("Mill Ltd", "Farm Ltd")
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_limit_that_today_breaks_is_eased_only_where_it_must_be(tmp_path):
    cap = f"cap,co2,<=,{(NEED - PIPE) * TONNES},t,year,,\n"
    where = two_projects(tmp_path)
    with (where / "limits.csv").open("a", encoding="utf-8") as file:
        file.write(cap)
    found = Study(where).evaluate(write_list(tmp_path, BOTH))
    assert found.eased == ("cap",)
    assert of(found, "pipe").values["alone"][0] == near(PIPE * TONNES)
    assert of(found, "sun").values["last"][0] == near((NEED - PIPE) * TONNES)


def test_whole_units_are_kept(tmp_path):
    heads, row = TABLES["technologies"].split("\n")[:2]
    sized = f"{heads},unit_size\n{row},3\n"
    found = Study(two_projects(tmp_path / "a", technologies=sized)).evaluate()
    assert of(found, "roof").capex == near(6 * SOLAR_CAPEX)
    assert found.certified
    wrong = {("units", 3, "capacity")}
    folder = two_projects(tmp_path / "b", technologies=sized)
    with pytest.raises(ParkDataError) as caught:
        Study(folder).evaluate(write_list(folder, BOTH))
    told = {(f.code.removeprefix("evaluate."), f.row, f.column) for f in caught.value.findings}
    assert told == wrong


def test_what_is_paid_once_is_part_of_the_investment(tmp_path):
    once = TABLES["transports"].replace("capex_per", "capex_fixed_per_km,capex_per")
    once = once.replace("steam,5,", "steam,5,1000000,")
    park = two_projects(tmp_path, transports=once)
    found = Study(park).evaluate(write_list(tmp_path, BOTH))
    km = float(solve(read_park(park)).problem.data.blocks.links["km"].iloc[0])
    assert of(found, "pipe").capex == near(PIPE * PIPE_CAPEX + km * 1e6)
    assert of(found, "pipe").values["alone"][1] == near(
        (PIPE * PIPE_CAPEX + km * 1e6) / LIFE - PIPE * MONEY
    )


def test_averages_stay_within_the_runs_that_are_allowed():
    found = Study("anqing-hightech").evaluate(runs=70)
    count = len(found.projects)
    plain = 2 * count + sum(len(p.items) for p in found.projects) + 3
    pairs = count + PAIRED * (PAIRED - 1) // 2
    assert found.orders == 2
    assert found.runs <= plain + pairs + 70
    # What needs another is told with it.
    by_id = {p.id: p for p in found.projects}
    needing = [p for p in found.projects if p.needs and p.relation == "completes"]
    assert len(needing) > 5
    assert all(set(p.needs) & set(by_id[p.beside[0]].items["item"]) for p in needing)
    for place in (0, 1):
        shares = sum(p.values["average"][place] for p in found.projects)
        assert shares == near(found.together[place])
    gains = found.companies
    assert gains["gain"].sum() == near(-found.together[1])
    assert gains["received"].sum() == pytest.approx(0.0, abs=1.0)
    assert found.certified
    assert found.proven


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", ["2 project(s) of list.csv", "competes", "Mill Ltd", "proven by its duals"]),
        ("zh", ["list.csv 中的 2 个项目", "相争", "钢厂", "经对偶核验"]),
    ],
)
def test_the_command_in_both_languages(tmp_path, capsys, lang, words):
    park, file = two_projects(tmp_path), write_list(tmp_path, BOTH)
    assert run(["evaluate", str(park), "--projects", str(file), "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert [word for word in words if word not in shown] == []


def test_the_command_answers_in_json(tmp_path, capsys):
    park, file = two_projects(tmp_path), write_list(tmp_path, BOTH)
    assert run(["evaluate", str(park), "--projects", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == "optimal"
    pipe = next(p for p in told["projects"] if p["id"] == "pipe")
    assert pipe["values"]["average"]["co2"] == near(4 * TONNES)
    assert pipe["finances"]["after_tax"]["irr_status"] in {"one", "none"}
    assert {t["id"] for t in told["terms"]} >= {"carbon_price", "income_tax", "loan_rate"}
