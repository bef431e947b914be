"""Forbidden and required matches within a cascade, against a program of the test's own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from scipy.optimize import linprog

from circularpark.solve.plan import Plan
from tests.solve.test_heat import BUY, FLOWS, GOODS, solved

# Biegler, Grossmann & Westerberg (1997), chapter 16: least heating 60 without forbidden matches.
FOUR = (
    ("H1", 400.0, 120.0, 1.0),
    ("H2", 340.0, 120.0, 2.0),
    ("C1", 160.0, 400.0, 1.5),
    ("C2", 100.0, 250.0, 1.3),
)


def matched(folder: Path, matches: str) -> Plan:
    """The four streams with fuel heat at 500 degC and a difference of 20 K."""
    rows = [
        f"{name},mill,heat,{cp * abs(target - supply)},MW,{supply},{target},20,must_use\n"
        for name, supply, target, cp in FOUR
    ]
    head = FLOWS.strip() + ",min_approach,surplus\n"
    return solved(
        folder,
        commodities=GOODS.format(steam=120, capex=0),
        streams=head + "".join(rows[:2]),
        demands=head + "".join(rows[2:]),
        technologies="id,capacity_of\nboiler,heat\n",
        recipes=(
            "technology,row,commodity,rate,supply_temp,target_temp\n"
            "boiler,out,heat,1,500,500\nboiler,in,gas,-1,,\n"
        ),
        processes="id,site,technology,status\nburner,mill,boiler,existing\n",
        markets=BUY + "fuel,mill,gas,buy,1\n",
        matches="from,to,status,min,max\n" + matches,
    )


def least_heating(
    forbidden: set[tuple[str, str]], bounds: dict[tuple[str, str], tuple[float, float]]
) -> float:
    """The same by a program of its own: what falls on each kelvin from whom to whom."""
    hot = {"H1": (390.0, 110.0, 1.0), "H2": (330.0, 110.0, 2.0), "burner": (490.0, 490.0, 0.0)}
    cold = {"C1": (410.0, 170.0, 1.5), "C2": (260.0, 110.0, 1.3)}
    cuts = [490.0, 410.0, 390.0, 330.0, 260.0, 170.0, 110.0]
    levels = list(pairwise(cuts))
    # x[i, k, j, n]: heat of source i released in level k that sink j takes in level n >= k.
    keys = [
        (i, k, j, n)
        for i in hot
        for k in range(len(levels))
        for j in cold
        for n in range(k, len(levels))
        if (i, j) not in forbidden
    ]
    place = {key: at for at, key in enumerate(keys)}
    fuel = len(keys)

    def load(one: tuple[float, float, float], level: tuple[float, float]) -> float:
        return one[2] * max(0.0, min(one[0], level[0]) - max(one[1], level[1]))

    upper, most, equal, wanted = [], [], [], []
    for i, one in hot.items():
        for k, level in enumerate(levels):
            row = [0.0] * (fuel + 1)
            for key, at in place.items():
                row[at] = float(key[:2] == (i, k))
            if i == "burner":
                row[fuel] = -1.0 if k == 0 else 0.0
            upper.append(row)
            most.append(load(one, level))
    for j, one in cold.items():
        for n, level in enumerate(levels):
            equal.append([float(key[2:] == (j, n)) for key in keys] + [0.0])
            wanted.append(load(one, level))
    for (i, j), (low, high) in bounds.items():
        row = [float((key[0], key[2]) == (i, j)) for key in keys] + [0.0]
        upper += [row, [-v for v in row]]
        most += [high, -low]
    cost = [0.0] * fuel + [1.0]
    found = linprog(cost, upper, most, equal, wanted)
    assert found.success
    return float(found.fun)


@pytest.mark.parametrize(
    ("rows", "forbidden", "bounds"),
    [
        ("H1,C2,,0,\n", set(), {}),
        ("H1,C1,forbidden,,\n", {("H1", "C1")}, {}),
        ("H2,C1,forbidden,,\nburner,C2,forbidden,,\n", {("H2", "C1"), ("burner", "C2")}, {}),
        ("H1,C2,required,150,\n", set(), {("H1", "C2"): (150.0, 1e6)}),
        ("H1,C1,,,100\n", set(), {("H1", "C1"): (0.0, 100.0)}),
    ],
)
def test_forbidden_and_required_matches_cost_what_an_own_program_says(
    tmp_path: Path,
    rows: str,
    forbidden: set[tuple[str, str]],
    bounds: dict[tuple[str, str], tuple[float, float]],
) -> None:
    plan = matched(tmp_path, rows)
    assert plan.objective["value"] / 1000 == pytest.approx(least_heating(forbidden, bounds))
    if not forbidden and not bounds:
        assert plan.objective["value"] / 1000 == pytest.approx(60)
