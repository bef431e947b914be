"""Limits that count against a product, and mixes told beside what is accepted of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import circularpark
from circularpark.show.blends import told_blends
from circularpark.solve.explain import explain_item
from circularpark.solve.profile import read_profile
from circularpark.solve.run import Clock, judge, optimise
from tests.parks import make_park
from tests.solve.test_certificate import mutated
from tests.solve.test_quality import GOODS, MARKETS, TOML, solved

LIME = {
    "commodities": (
        "id,name_zh,name_en,kind,unit\nlime,石灰,Lime,material,t\n"
        "coal,煤,Coal,material,t\nchips,木屑,Chips,material,kg\n"
    ),
    "demands": "id,site,commodity,amount,unit\nsales,mill,lime,6,t/h\n",
    "technologies": "id,name_zh,name_en,capacity_of\nkiln,石灰窑,Lime kiln,lime\n",
    "recipes": (
        "technology,row,commodity,rate,group\nkiln,1,lime,1,\n"
        "kiln,2,coal,-0.2,fuel\nkiln,3,chips,-400,fuel\n"
    ),
    "processes": "id,site,technology,capacity\noven,mill,kiln,8\n",
    "markets": MARKETS + "mine,mill,coal,buy,800\nwood,mill,chips,buy,0.1\n",
    "quality": (
        "item,property,value,max,unit,per,source,confidence\n"
        "mine,hg,0.1,,mg/kg,,,\nwood,hg,0.6,,mg/kg,,,\nkiln,hg,,0.1,ppm,lime,HJ 662,memory-high\n"
    ),
}


def test_a_limit_may_count_against_a_product(tmp_path: Path) -> None:
    """Mercury of all fuels is at most 0.1 mg a kilogram of lime, whatever the fuels weigh."""
    plan = solved(tmp_path, **LIME)
    # A share w of the heat is wood, of which 0.4 t make a tonne of lime, else 0.2 t of coal:
    # 0.6 x 0.4 w + 0.1 x 0.2 (1 - w) = 0.1.
    share = (0.1 - 0.02) / (0.24 - 0.02)
    bought = plan.exchange.set_index("market")["value"]
    assert bought["wood"] == pytest.approx(1000 * 0.4 * 6 * share)
    assert bought["mine"] == pytest.approx(0.2 * 6 * (1 - share))


def test_mixes_are_told_beside_what_is_accepted_and_on_whose_word(tmp_path: Path) -> None:
    plan = solved(tmp_path, **LIME)
    (row,) = plan.blends.to_dict("records")
    assert (row["sink"], row["property"], row["per"], row["unit"]) == ("oven", "hg", "lime", "ppm")
    assert row["mixed"] == pytest.approx(0.1)
    assert (row["max"], row["room"]) == (0.1, pytest.approx(0, abs=1e-9))
    assert row["amount"] == pytest.approx(6)
    assert (row["source"], row["confidence"]) == ("HJ 662", "memory-high")
    (told,) = told_blends(plan.blends, "en")
    assert told.mixed == "0.1 ppm"
    assert told.accepted == "≤ 0.1 ppm of lime"
    assert told.word == "HJ 662 (from memory)"
    assert told.tight
    (zh,) = told_blends(plan.blends, "zh")
    assert (zh.accepted, zh.word) == ("≤ 0.1 ppm（按石灰计）", "HJ 662（凭记忆）")
    hops = dict(explain_item(plan, "oven", "en"))
    assert "hg ≤ 0.1 ppm; mixed in the plan: 0.1 ppm" in hops["solve.hop.quality"]


def test_the_raw_data_sees_a_product_that_allows_too_much(tmp_path: Path) -> None:
    """A program whose limit allows a tenth more is caught by the park's own tables."""
    park = circularpark.read_park(make_park(tmp_path, toml=TOML, **LIME))
    problem = circularpark.build(park)
    block, _ = problem.block("quality_limit")
    names = [entries.variable.name for entries in block.entries]
    (place,) = [i for i, name in enumerate(names) if name == "activity"]
    wrong = mutated(problem, "quality_limit", place, 0, 1.1)
    judged = judge(optimise(wrong, read_profile(None), Clock()), Clock(), None, limits=True)
    assert not judged.certificate.ok
    assert judged.check.error("quality") > 1e-3
    assert judged.check.error("source", "sink", "balance") < 1e-6


def test_a_mix_by_an_operator_is_told_in_its_own_unit(tmp_path: Path) -> None:
    plan = solved(
        tmp_path,
        commodities=GOODS,
        demands="id,site,commodity,amount,unit\nfuel,mill,coal,6,t/h\n",
        markets=MARKETS + "good,mill,coal,buy,900\npoor,mill,coal,buy,300\n",
        quality=(
            "item,property,value,max,unit,operator\ngood,index,1,,1,0.5\npoor,index,25,,1,0.5\n"
            "fuel,index,,9,1,0.5\n"
        ),
    )
    (row,) = plan.blends.to_dict("records")
    # Half of each: (sqrt 1 + sqrt 25) / 2 = sqrt 9.
    assert plan.exchange.set_index("market")["value"]["good"] == pytest.approx(3)
    assert row["mixed"] == pytest.approx(9)
