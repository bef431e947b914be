"""Checks of parks that differ little say what all checks say, and run only where they must."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from circularpark.park import read as reading
from circularpark.park.cases import case_names
from circularpark.park.checks import ALL, AMOUNTS, LOOK_AT_AMOUNTS, check
from circularpark.park.folder import find_park
from circularpark.park.known import KnownChecks
from circularpark.park.read import read_files
from circularpark.physics.formulas import FORMULAS
from circularpark.studies.case import Case
from circularpark.studies.study import Study

PARKS = ["toy", "huaining-cement", "anqing-hightech", "kalundborg"]


class Keep:
    """Stands in for the checks and keeps what they would look at."""

    def __init__(self):
        self.kept = {}

    def __call__(self, draft):
        self.draft = replace(draft, findings=[])
        return []


def draft_of(park, case=None):
    """What the checks look at in a park."""
    keep = Keep()
    reading.park_of(read_files(find_park(park)), case=case, formulas=FORMULAS, known=keep)
    return keep.draft


def other_amounts(draft, seed, kept=frozenset()):
    """The draft with other amounts where there are any, but in the tables that are kept."""
    draw = random.Random(seed)
    raw = {}
    for name, frame in draft.raw.items():
        changed = frame.copy()
        for column in AMOUNTS & set(frame.columns) if name not in kept else ():
            if frame[column].dtype == np.float64:
                times = [draw.choice([0.0, -1.0, 0.3, 1.7, 1e6]) for _ in range(len(frame))]
                changed[column] = frame[column] * times
        raw[name] = changed
    return replace(draft, raw=raw, findings=[])


@pytest.mark.parametrize("park", PARKS)
def test_all_other_checks_say_the_same_of_other_amounts(park):
    draft = draft_of(park)
    for seed in range(2):
        other = other_amounts(draft, seed)
        for one in ALL:
            if one not in LOOK_AT_AMOUNTS:
                found, expected = list(one(other)), list(one(draft))
                # What a finding quotes of its row may be an amount; what it finds may not.
                assert [(f.code, f.file, f.row, f.column) for f in found] == [
                    (f.code, f.file, f.row, f.column) for f in expected
                ], one.__name__


@pytest.mark.parametrize("park", PARKS)
def test_checks_look_at_amounts_of_no_other_tables_than_they_say(park):
    draft = draft_of(park)
    for one, tables in LOOK_AT_AMOUNTS.items():
        if tables:
            for seed in range(2):
                other = other_amounts(draft, seed, kept=tables)
                assert [f.code for f in one(other)] == [f.code for f in one(draft)], one.__name__


@pytest.mark.parametrize("park", PARKS)
def test_every_case_of_the_demo_parks_is_checked_as_from_nothing(park):
    known = KnownChecks()
    known(draft_of(park))
    for case in case_names(find_park(park)):
        draft = draft_of(park, case)
        assert known(draft) == check(draft), case


def test_a_price_runs_only_the_checks_that_look_at_prices_of_markets():
    study = Study("huaining-cement")
    study.park()
    runs = study.known_checks.runs
    assert runs == len(ALL)
    change = {"table": "markets", "where": {"id": "*"}, "multiply": {"price": 1.01}}
    change["where"] = {"id": study.park().raw["markets"]["id"].iloc[0]}
    study.park(Case("dearer", [change]))
    assert 0 < study.known_checks.runs - runs <= len(LOOK_AT_AMOUNTS)
    assert len(LOOK_AT_AMOUNTS) < 0.3 * len(ALL)


def test_a_price_that_is_wrong_is_still_told():
    study = Study("huaining-cement")
    study.park()
    market = study.park().raw["demands"]["id"].iloc[0]
    change = {"table": "demands", "where": {"id": market}, "multiply": {"amount": -1}}
    answer = study.answer(Case("wrong", [change]))
    assert answer.status == "invalid"
