"""Composite, grand composite and total-site curves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from circularpark.account.heat_curves import composite, curve_of, grand_composite, total_site
from circularpark.account.heat_grid import loads_of
from circularpark.account.targets import problem_table
from tests.account import heat_cases
from tests.account.test_targets import random_loads
from tests.known.building import read_case

KEMP = read_case("heat_kemp_four_stream")


def test_the_composite_curves_of_the_four_streams():
    hot, cold = composite(heat_cases.loads(KEMP["streams"], KEMP["dt_min"]))
    assert list(hot.temperature) == [170, 150, 60, 30]
    assert list(hot.heat) == pytest.approx([510, 450, 45, 0])
    # The cold curve begins at the least cooling, 60, and ends at the least heating beyond the hot.
    assert (cold.heat[-1], cold.temperature[-1]) == (pytest.approx(60), 20)
    assert cold.heat[0] == pytest.approx(510 + 20)


def test_shifted_composite_curves_touch_at_the_pinch():
    hot, cold = composite(heat_cases.loads(KEMP["streams"], KEMP["dt_min"]), shifted=True)
    scale = np.linspace(30, 160, 400)
    apart = _heat_at(cold, scale) - _heat_at(hot, scale)
    # Below the cold curve of a temperature lies at least the hot one's heat.
    assert apart.min() >= -1e-9
    assert _heat_at(cold, np.array([85.0])) == pytest.approx(_heat_at(hot, np.array([85.0])))


def _heat_at(curve, temperature):
    return np.interp(temperature, curve.temperature[::-1], curve.heat[::-1])


def test_the_grand_composite_of_the_four_streams():
    drawn = grand_composite(heat_cases.loads(KEMP["streams"], KEMP["dt_min"]))
    assert list(drawn.curve.temperature) == [165, 145, 140, 85, 55, 25]
    assert list(drawn.curve.heat) == pytest.approx([20, 80, 82.5, 0, 75, 60])
    # Above the pinch all but 20 is a pocket; below it the last 15 are wanted back.
    assert drawn.sinks.heat.sum() == pytest.approx(20)
    assert drawn.sources.heat.sum() == pytest.approx(60)
    assert drawn.sinks.upper.max() == pytest.approx(85 + 55 * 20 / 82.5)
    assert drawn.sources.lower.min() == pytest.approx(85 - 30 * 60 / 75)


def test_a_phase_change_is_a_level_piece():
    rows = pd.DataFrame(
        [
            {"item": "a", "hot": True, "supply": 120, "target": 60, "approach": 0, "rate": 6},
            {"item": "b", "hot": True, "supply": 100, "target": 100, "approach": 0, "rate": 9},
        ]
    )
    hot, _ = composite(loads_of(rows))
    assert list(hot.temperature) == [120, 100, 100, 60]
    assert list(hot.heat) == pytest.approx([15, 13, 4, 0])


@pytest.mark.parametrize("seed", range(60))
def test_the_curves_hold_what_the_problem_table_says(seed):
    loads = random_loads(seed, periods=1)
    table = problem_table(loads)
    drawn = grand_composite(loads)
    assert drawn.sinks.heat.sum() == pytest.approx(table.heating[0])
    assert drawn.sources.heat.sum() == pytest.approx(table.cooling[0])
    hot, cold = composite(loads, shifted=True)
    if loads.hot.any() and not loads.hot.all():
        assert np.ptp(hot.heat) == pytest.approx(table.offered[0])
        assert cold.heat[0] - hot.heat[0] == pytest.approx(table.heating[0])
    # What is left outside the pockets needs the same utility, taken as loads of its own.
    assert (drawn.sinks.lower >= drawn.sources.upper.max(initial=-1e9) - 1e-9).all()


def test_the_profiles_of_a_total_site():
    zones = [
        own for _, own in heat_cases.loads(read_case("heat_op_liu_et_al")["streams"]).cascades()
    ]
    sources, sinks = total_site(zones)
    assert sinks.heat.sum() == pytest.approx(172.8)
    assert sources.heat.sum() == pytest.approx(645.4 + 885.6 + 624.0)
    curve = curve_of(sources)
    assert (np.diff(curve.heat) <= 0).all()
    assert curve.temperature[0] == pytest.approx(615)
