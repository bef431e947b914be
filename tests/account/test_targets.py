"""The problem table against published targets, and what must hold for any set of loads."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from circularpark.account.heat_grid import Loads, grid_of, loads_of, together
from circularpark.account.levels import Level, levels_of, site_target
from circularpark.account.targets import problem_table, targets
from tests.account import heat_cases
from tests.known.building import read_case

ONE = np.ones(1)


def close(case: dict, found: float, wanted: float) -> bool:
    size = abs(wanted) if case["tolerance_relative"] else 1.0
    # A published zero is judged like the digits of the other numbers.
    return found == pytest.approx(wanted, abs=max(case["tolerance"] * size, 1e-6))


def random_loads(seed: int, count: int = 8, periods: int = 3) -> Loads:
    """Loads with phase changes among them, and temperatures that meet."""
    draw = np.random.default_rng(seed)
    hot = draw.random(count) < 0.5
    one = draw.integers(2, 30, count) * 10.0
    other = np.where(draw.random(count) < 0.2, one, draw.integers(2, 30, count) * 10.0)
    high, low = np.maximum(one, other), np.minimum(one, other)
    rows = pd.DataFrame(
        {
            "item": [f"s{i}" for i in range(count)],
            "hot": hot,
            "supply": np.where(hot, high, low),
            "target": np.where(hot, low, high),
            "approach": draw.integers(1, 5, count) * 5.0,
        }
    )
    return loads_of(rows, draw.uniform(0, 10, (count, periods)))


@pytest.mark.parametrize("name", heat_cases.names("heat_cascade", "heat_cascade_zonal"))
def test_the_published_targets_are_found(name):
    case = read_case(name)
    loads = heat_cases.loads(case["streams"], case.get("dt_min"))
    whole = problem_table(loads)
    expected = case["expected"]
    for key, found in (("Qh", whole.heating), ("Qc", whole.cooling)):
        assert close(case, found[0], expected.get(key, expected.get(f"integrated_{key}")))
    if "pinch_shifted" in expected:
        assert whole.pinches() == pytest.approx(expected["pinch_shifted"])
    for (zone, _), own in loads.cascades():
        table = problem_table(own)
        for key, found in (("Qh", table.heating), ("Qc", table.cooling)):
            if f"{key}[{zone}]" in expected:
                assert close(case, found[0], expected[f"{key}[{zone}]"])


def test_every_zone_of_the_zonal_cases_is_looked_at():
    judged = 0
    for name in heat_cases.names("heat_cascade_zonal"):
        case = read_case(name)
        zones = {site for (site, _), _ in heat_cases.loads(case["streams"]).cascades()}
        named = {k[3:-1] for k in case["expected"] if k.startswith("Qh[")}
        assert named <= zones
        judged += len(named)
    assert judged > 40


def test_the_published_targets_of_several_periods_are_found():
    case = read_case("heat_floudas_grossmann_multiperiod")
    for streams, heating, cooling in zip(
        case["periods"], case["expected"]["Qh"], case["expected"]["Qc"], strict=True
    ):
        table = problem_table(heat_cases.loads(streams, case["dt_min"]))
        assert close(case, table.heating[0], heating)
        assert close(case, table.cooling[0], cooling)


def test_the_published_unconstrained_matches_need_the_least_utility():
    case = read_case("heat_bgw_matches_free")
    streams = [s | {"type": kind} for kind in ("hot", "cold") for s in case[kind]]
    table = problem_table(heat_cases.loads(streams, case["dt_min"]))
    assert close(case, table.heating[0], case["expected"]["Qh"])
    assert close(case, table.cooling[0], case["expected"]["Qc"])


@pytest.mark.parametrize("name", heat_cases.names("total_site_steam_levels"))
def test_the_published_targets_through_steam_levels_are_found(name):
    case = read_case(name)
    zones = [heat_cases.loads(streams, zone=zone) for zone, streams in case["zones"].items()]
    levels = [
        Level(u["name"], u["temp"] + u["dt_cont"], u["temp"] - u["dt_cont"])
        for u in case["utilities"]
        if u["type"] == "Both"
    ]
    found = site_target(zones, levels, ONE)
    expected = case["expected"]
    assert close(case, found.heating[0], expected["total_hot"])
    assert close(case, found.alone[0], expected["no_exchange_hot"])
    whole = together(zones)
    balance = found.heating[0] + whole.rate[whole.hot].sum() - whole.rate[~whole.hot].sum()
    assert close(case, balance, expected["total_cold"])


def test_a_phase_change_is_exact():
    # 10 MW condense at 100 degC; the shifted scales of both loads meet at 95 degC.
    boiling = {"item": "reboiler", "hot": False, "supply": 90, "target": 90, "approach": 10}
    steam = {"item": "steam", "hot": True, "supply": 100, "target": 100, "approach": 10}
    rows = pd.DataFrame([boiling | {"rate": 8.0}, steam | {"rate": 10.0}])
    table = problem_table(loads_of(rows))
    assert table.heating[0] == 0
    assert table.cooling[0] == pytest.approx(2)
    warmer = rows.assign(supply=[90.1, 100], target=[90.1, 100])
    assert problem_table(loads_of(warmer)).heating[0] == pytest.approx(8)


def test_a_threshold_problem_has_no_pinch():
    hot = {"item": "h", "hot": True, "supply": 200, "target": 100, "approach": 10, "rate": 10}
    cold = {"item": "c", "hot": False, "supply": 20, "target": 60, "approach": 10, "rate": 4}
    table = problem_table(loads_of(pd.DataFrame([hot, cold])))
    assert (table.heating[0], table.cooling[0]) == (0, pytest.approx(6))
    assert table.pinches() == []


def test_two_pinches_are_both_told():
    def load(item, hot, supply, target, rate):
        return {"item": item, "hot": hot, "supply": supply, "target": target, "approach": 0.0,
                "rate": rate}  # fmt: skip

    rows = [
        load("a", False, 150, 200, 5.0),
        load("b", True, 150, 100, 4.0),
        load("c", False, 100, 150, 4.0),
        load("d", True, 90, 50, 6.0),
    ]
    assert problem_table(loads_of(pd.DataFrame(rows))).pinches() == [150, 100]


@pytest.mark.parametrize("seed", range(40))
def test_energy_closes_and_no_heat_flows_up(seed):
    loads = random_loads(seed)
    table = problem_table(loads)
    assert table.heating + table.offered == pytest.approx(table.wanted + table.cooling)
    assert (table.residual >= 0).all()
    # Less heating than the target would let some residual fall below zero.
    needs = table.heating > 0
    assert (table.residual.min(axis=0)[needs] <= 1e-12 * table.wanted[needs]).all()


@pytest.mark.parametrize("seed", range(20))
def test_splitting_a_load_and_a_smaller_approach_do_what_they_must(seed):
    loads = random_loads(seed)
    halves = [
        Loads(loads.index, loads.hot, loads.supply, loads.target, loads.shift, loads.rate / 2)
    ] * 2
    assert problem_table(together(halves)).heating == pytest.approx(problem_table(loads).heating)
    closer = Loads(loads.index, loads.hot, loads.supply, loads.target, loads.shift / 2, loads.rate)
    assert (problem_table(closer).heating <= problem_table(loads).heating + 1e-9).all()


def test_targets_of_a_park_and_its_sites():
    case = read_case("heat_op_liu_et_al")
    frame = targets(heat_cases.loads(case["streams"]), ONE).set_index("site")
    assert frame.loc["Acid gas removal", "heating"] == pytest.approx(172.8)
    assert frame.loc["", "heating"] == pytest.approx(0, abs=1e-9)
    assert frame.loc["", "recoverable"] == pytest.approx(172.8)


@pytest.mark.parametrize("seed", range(30))
def test_levels_never_beat_one_cascade_nor_lose_to_none(seed):
    cascades = [random_loads(100 * seed + k) for k in range(3)]
    levels = [Level("high", 205, 195), Level("low", 125, 115)]
    found = site_target(cascades, levels, np.ones(3))
    whole = problem_table(together(cascades))
    assert (found.heating >= whole.heating - 1e-9).all()
    assert (found.heating <= found.alone + 1e-9).all()
    none = site_target(cascades, [], np.ones(3))
    assert none.heating == pytest.approx(none.alone)


def least_by_program(cascades: list[Loads], levels: list[Level]) -> float:
    """The same target as a small linear program, written out cascade by cascade."""
    grids = [grid_of(c, [t for v in levels for t in (v.raise_at, v.use_at)]) for c in cascades]
    width = 1 + 2 * len(levels)
    held, above = [], []
    for z, (loads, grid) in enumerate(zip(cascades, grids, strict=True)):
        table = problem_table(loads, grid)
        net = np.cumsum(table.hot - table.cold, axis=0)[:, 0]
        for k in range(len(net)):
            row = np.zeros(width * len(cascades))
            row[width * z] = -1
            for number, level in enumerate(levels):
                row[width * z + 1 + 2 * number] = k >= grid.place(level.raise_at)
                row[width * z + 2 + 2 * number] = -(k >= grid.place(level.use_at))
            held.append(row)
            above.append(net[k])
    for number in range(len(levels)):
        row = np.zeros(width * len(cascades))
        row[1 + 2 * number :: width] = -1
        row[2 + 2 * number :: width] = 1
        held.append(row)
        above.append(0.0)
    cost = np.zeros(width * len(cascades))
    cost[::width] = 1
    return float(linprog(cost, A_ub=np.array(held), b_ub=np.array(above)).fun)


@pytest.mark.parametrize("seed", range(60))
def test_the_target_through_levels_is_the_optimum_of_a_program(seed):
    cascades = [random_loads(1000 + 7 * seed + k, periods=1) for k in range(3)]
    levels = [Level("a", 235, 225), Level("b", 165, 155), Level("c", 95, 85)]
    found = site_target(cascades, levels, ONE).heating[0]
    assert found == pytest.approx(least_by_program(cascades, levels), abs=1e-7)


def test_a_pocket_of_one_cascade_can_serve_another():
    # The first cascade has heat at 300 that it later wants back at 150; the second has too
    # little of the one and too much of the other. Steam at 250 and 180 degC trades them.
    def load(item, hot, at, rate):
        return {"item": item, "hot": hot, "supply": at, "target": at, "approach": 0.0, "rate": rate}

    first = loads_of(pd.DataFrame([load("a", True, 300, 10.0), load("b", False, 150, 10.0)]))
    second = loads_of(pd.DataFrame([load("c", True, 190, 10.0), load("d", False, 240, 10.0)]))
    levels = [Level("high", 250, 250), Level("low", 180, 180)]
    found = site_target([first, second], levels, ONE)
    assert found.alone[0] == pytest.approx(10)
    assert found.heating[0] == pytest.approx(0, abs=1e-12)


def test_the_levels_of_steam_and_of_a_hot_water_loop():
    carriers = pd.DataFrame(
        {
            "id": ["steam", "loop"],
            "temperature": [180.0, 90.0],
            "return_temperature": [180.0, 50.0],
            "latent_temperature": [180.0, np.nan],
            "latent_share": [1.0, 0.0],
            "min_approach": [10.0, 6.0],
        }
    )
    levels = levels_of(carriers)
    assert levels[0] == Level("steam", 185, 175)
    assert len(levels) == 9
    assert levels[1] == Level("loop", 88, 87, 0.125)
    assert levels[-1] == Level("loop", 53, 52, 0.125)
    # Superheated steam has slices wider than its approach: they stand at their middle.
    steam = carriers.iloc[:1].assign(temperature=420.0, return_temperature=100.0, latent_share=0.6)
    slices = [level for level in levels_of(steam) if level.share < 0.6]
    assert len(slices) == 8
    assert all(level.raise_at >= level.use_at for level in slices)
    assert sum(level.share for level in slices) == pytest.approx(0.4)


def test_a_gliding_carrier_alone_is_raised_in_proportion():
    # 10 MW at 100 degC and 1 MW at 300 degC: a carrier whose hotter half needs 200 degC gets 1.
    rows = [
        {"item": "a", "hot": True, "supply": 100, "target": 100, "approach": 0, "rate": 10.0},
        {"item": "b", "hot": True, "supply": 300, "target": 300, "approach": 0, "rate": 1.0},
    ]
    levels = [Level("c", 200, 200, 0.5), Level("c", 90, 90, 0.5)]
    found = site_target([loads_of(pd.DataFrame(rows))], levels, ONE)
    assert found.carriers["could_raise"].tolist() == pytest.approx([2])


@pytest.mark.parametrize("seed", range(20))
def test_gliding_carriers_never_beat_one_cascade(seed):
    cascades = [random_loads(50 * seed + k) for k in range(3)]
    carriers = pd.DataFrame(
        {
            "id": ["steam", "loop"],
            "temperature": [420.0, 120.0],
            "return_temperature": [60.0, 50.0],
            "latent_temperature": [220.0, np.nan],
            "latent_share": [0.6, 0.0],
            "min_approach": [10.0, 6.0],
        }
    )
    found = site_target(cascades, levels_of(carriers), np.ones(3))
    # Where all approaches of the sites are taken as nothing, one cascade is the limit.
    bare = [Loads(c.index, c.hot, c.supply, c.target, 0 * c.shift, c.rate) for c in cascades]
    closest = problem_table(together(bare)).heating
    assert (found.heating >= closest - 1e-9).all()
