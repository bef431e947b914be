"""Every family, term and reason of the account has its words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circularpark.account.check import check
from circularpark.account.measures import account, reason
from circularpark.account.today import today
from circularpark.words import LANGUAGES, say, table
from tests.account.test_check import oil_flows, oil_tables, storage_flows, storage_toy
from tests.account.toy import Toy, scaled, toy_flows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_account_names_can_be_said(lang: str) -> None:
    plain, oil, tank = Toy(), Toy(oil_tables()), storage_toy()
    cases = ((plain, toy_flows()), (oil, oil_flows(1.5, 1.8)), (tank, storage_flows()))
    for toy, flows in cases:
        found = check(toy, toy.time, toy.links_of, flows)  # type: ignore[arg-type]
        told = account(toy, toy.time, toy.links_of, flows)  # type: ignore[arg-type]
        for family in found.families:
            assert say(f"account.family.{family.name}", lang)  # type: ignore[arg-type]
        for term in set(told.frame["term"]):
            assert reason(term, lang)  # type: ignore[arg-type]
    gaps = today(plain, plain.time, plain.links_of).unmetered  # type: ignore[arg-type]
    assert {say(reason, lang) for reason in gaps["reason"]}  # type: ignore[arg-type]


def test_the_judge_speaks() -> None:
    toy = Toy()
    right = check(toy, toy.time, toy.links_of, toy_flows())  # type: ignore[arg-type]
    assert "all 16 kinds of rules hold" in right.text("en")
    off = scaled(toy_flows(), "activity", 1.1)
    wrong = check(toy, toy.time, toy.links_of, off)  # type: ignore[arg-type]
    assert "'balance at every site' does not hold at farm, gas (2025)" in wrong.text("en")
    silent = replace(right, unjudged=("best_operation",))
    assert "相对于现有设备最优运行的限值" in silent.text("zh")


def test_chinese_and_english_differ() -> None:
    own = {key: text for key, text in table().items() if key.startswith("account.")}
    assert len(own) > 40
    assert all(text["zh"] != text["en"] for text in own.values())
