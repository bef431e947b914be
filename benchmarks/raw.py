"""The park as a careful programmer writes it by hand: numpy arrays, one passModel."""

from __future__ import annotations

import highspy
import numpy as np
from benchmarks.synthetic import (
    BOILER_COST,
    BOILER_GAS,
    CHP_COST,
    CHP_GAS,
    CHP_POWER,
    GAS_PRICE,
    LINK_COST,
    LINK_LOSS,
    STORE_HOURS,
    STORE_IN,
    STORE_LOSS,
    STORE_OUT,
    Floats,
    Ring,
)
from benchmarks.watch import OPTIONS, Watch
from scipy import sparse

BOILER, CHP, LINK, GRID, GAS, CHARGE, DISCHARGE, LEVEL = range(8)
HEAT, POWER, FUEL, STORED = range(4)


def measured(park: Ring, watch: Watch) -> float:
    """The least cost, its phases on ``watch``."""
    watch.phase("build")
    sites, hours = park.sites, park.hours
    one = sites * hours
    each = np.arange(one, dtype=np.int32).reshape(sites, hours)
    following, before = np.roll(each, -1, axis=0), np.roll(each, 1, axis=1)
    parts = [
        (HEAT, each, BOILER, 1.0),
        (HEAT, each, CHP, 1.0),
        (HEAT, each, LINK, -1.0),
        (HEAT, following, LINK, 1.0 - LINK_LOSS),
        (HEAT, each, DISCHARGE, 1.0),
        (HEAT, each, CHARGE, -1.0),
        (POWER, each, GRID, 1.0),
        (POWER, each, CHP, CHP_POWER),
        (FUEL, each, GAS, 1.0),
        (FUEL, each, BOILER, -BOILER_GAS),
        (FUEL, each, CHP, -CHP_GAS),
        (STORED, each, LEVEL, 1.0),
        (STORED, each, CHARGE, -STORE_IN),
        (STORED, each, DISCHARGE, 1.0 / STORE_OUT),
    ]
    rows = np.concatenate([r.ravel() + k * one for k, r, _, _ in parts] + [each.ravel() + 3 * one])
    columns = np.concatenate(
        [each.ravel() + c * one for _, _, c, _ in parts] + [before.ravel() + LEVEL * one]
    )
    values = np.repeat([*(v for *_, v in parts), STORE_LOSS - 1.0], one)
    matrix = sparse.coo_array((values, (rows, columns)), shape=(4 * one, 8 * one)).tocsc()
    side = np.zeros((4, sites, hours))
    side[HEAT], side[POWER] = park.heat, park.power
    upper = np.full((8, sites, hours), np.inf)
    for column, capacity in (
        (BOILER, park.boiler),
        (CHP, park.chp),
        (LINK, park.link),
        (CHARGE, park.store / STORE_HOURS),
        (DISCHARGE, park.store / STORE_HOURS),
        (LEVEL, park.store),
    ):
        upper[column] = capacity[:, None]
    costs = np.zeros((8, sites, hours))
    costs[BOILER], costs[CHP], costs[LINK] = BOILER_COST, CHP_COST, LINK_COST
    costs[GRID], costs[GAS] = park.price, GAS_PRICE

    watch.phase("hand_over")
    highs = highspy.Highs()
    for name, value in OPTIONS.items():
        highs.setOptionValue(name, value)
    status = highs.passModel(
        8 * one,
        4 * one,
        len(values),
        int(highspy.MatrixFormat.kColwise),
        int(highspy.ObjSense.kMinimize),
        0.0,
        costs.ravel(),
        np.zeros(8 * one),
        upper.ravel(),
        side.ravel(),
        side.ravel(),
        matrix.indptr.astype(np.int32, copy=False),
        matrix.indices.astype(np.int32, copy=False),
        matrix.data,
        np.zeros(8 * one, dtype=np.int32),
    )
    assert status == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    solution = highs.getSolution()
    flows: Floats = np.asarray(solution.col_value, dtype=float).reshape(8, sites, hours)
    prices: Floats = np.asarray(solution.row_dual, dtype=float).reshape(4, sites, hours)
    watch.phase("")
    assert np.isfinite(prices).all()
    return float((costs * flows).sum())
