"""Limits on any quantity: caps, quotas, budgets, shares, ceilings, the CO2 peak."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.park.patterns import fitting
from circularpark.program.data import Data
from circularpark.program.quantity import quantity
from circularpark.program.rows import Entries, Rows, listed, no_rows, rows
from circularpark.program.terms import Linear, by_block, by_period
from circularpark.program.time import Floats
from circularpark.program.variables import Variables

BEST = "best_operation"
PER = ("per_measure", "per_table", "per_item", "per_commodity", "per_site")


@dataclass
class _Collected:
    """Rows of all limits as they are gathered: entries, names and sides."""

    entries: list[Entries] = field(default_factory=list)
    limit: list[str] = field(default_factory=list)
    step: list[str] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)


def limits(data: Data, var: Variables) -> Rows:
    r"""Every limit holds: in each scenario's year, in each period, or over all years.

    .. math::
       \sum_{j} a_{kj} z_j + a_{k0} - v_k \Big( \sum_j b_{kj} z_j + b_{k0} \Big) \le 0,
       \qquad \text{or } \sum_{j} a_{kj} z_j + a_{k0} \le v_k R_k \qquad \forall k \in K

    with :math:`\ge` or :math:`=` as the limit's sense says; a peak in year p reads
    :math:`M_y \le M_p` and, after p, :math:`M_{y+1} \le M_y`.

    v : data.blocks.first.limits  [unit]  the limit's value
    R : data.blocks.first.records [unit]  1, or the recorded amount of the year it is relative to

    a and b are the coefficients of the quantity and of what it is a ratio to.

    Dual: what relaxing the limit by one unit would save.
    """
    table = data.blocks.first.limits
    if not len(table) or data.operation_only:
        return no_rows("limits")
    found = _Collected()
    for _, row in table.iterrows():
        _add(data, var, found, row)
    if not found.limit:
        return no_rows("limits")
    # Limits differ in how many rows they have, so the step is part of the key here.
    return rows(
        "limits",
        pd.DataFrame({"limit": found.limit, "step": found.step}),
        np.array([""], dtype=object),
        found.entries,
        at_least=np.array(found.lower)[:, None],
        at_most=np.array(found.upper)[:, None],
    )


def _quantities(data: Data, var: Variables, row: pd.Series) -> tuple[Linear, Linear | None]:
    table = row["table"] or ("" if row["measure"] else "markets")
    upper = quantity(
        data,
        var,
        measure_name=row["measure"],
        table=table,
        item=row["item"],
        commodity=row["commodity"],
        site=row["site"],
        count=bool(row["count"]),
    )
    if not any(row[k] for k in PER):
        return upper, None
    lower = quantity(
        data,
        var,
        measure_name=row["per_measure"],
        table=row["per_table"] or ("" if row["per_measure"] else "markets"),
        item=row["per_item"],
        commodity=row["per_commodity"],
        site=row["per_site"],
    )
    return upper, lower


def _add(data: Data, var: Variables, found: _Collected, row: pd.Series) -> None:
    top, bottom = _quantities(data, var, row)
    time = data.time
    spread_of = by_period if row["period"] == "each" else by_block
    parts, constant = spread_of(top, time)
    if row["sense"] == "peak":
        _add_peak(data, found, row, parts, constant)
        return
    value = _values(data, row)
    ceiling = bottom is not None and row["relative_to"] == BEST
    if not ceiling and row["relative_to"]:
        value = value * _reference(data, row, bottom is not None)
    per_step = value[time.block] if row["period"] == "each" else value
    right = np.zeros(len(per_step))
    if bottom is None:
        right = per_step
    else:
        sign = 1.0 if ceiling else -1.0
        lower_parts, lower_constant = spread_of(bottom, time)
        parts = parts + [(v, (r, c, sign * x * per_step[r])) for v, (r, c, x) in lower_parts]
        constant = constant + sign * per_step * lower_constant
    if ceiling:
        right = _best(data, row["measure"]) + per_step * _best(data, row["per_measure"])
    kept = _wanted_steps(data, row, len(per_step))
    if row["period"] == "all":
        _add_all(data, found, row, parts, constant, right)
        return
    label = time.period if row["period"] == "each" else _block_names(data)
    _append(found, row, parts, right - constant, kept, np.array(label, dtype=object))


def _values(data: Data, row: pd.Series) -> Floats:
    """The limit's value in each block, (B,)."""
    place = int(np.flatnonzero((data.blocks.first.limits["id"] == row["id"]).to_numpy())[0])
    value = data.blocks.number("limits", "value")[place]
    return np.broadcast_to(value, (len(data.time.blocks),)).astype(float)


def _reference(data: Data, row: pd.Series, ratio: bool) -> Floats:
    """What the value is a factor on: an amount or ratio of a recorded year or at best operation."""
    if row["relative_to"] == BEST:
        return _best(data, row["measure"])
    top = recorded(data, row, "")
    amount = top / recorded(data, row, "per_") if ratio else top
    return np.full(len(data.time.blocks), amount)


def recorded(data: Data, row: pd.Series, side: str) -> float:
    """The metered amount of a year: the park's own record, else the sum of its companies'."""
    records = data.blocks.first.records
    own = records["year"] == float(row["relative_to"])
    if row[f"{side}measure"]:
        own &= records["measure"] == row[f"{side}measure"]
    else:
        own &= records["table"] == (row[f"{side}table"] or "markets")
        pattern = row[f"{side}item"] or "*"
        own &= fitting(records["item"], pattern)
    rows = records[own]
    whole = rows[rows["company"] == ""]
    return float((whole if len(whole) else rows)["value"].sum())


def _best(data: Data, name: str) -> Floats:
    """The yearly amounts of a measure at best operation, (B,)."""
    if data.baseline is None or name not in data.baseline:
        raise ParkDataError(
            [Finding("program.no_best", file="limits.csv", value=name)], data.park.id
        )
    return np.asarray(data.baseline[name], dtype=float)


def _wanted_steps(data: Data, row: pd.Series, steps: int) -> np.ndarray:
    years = row["years"]
    if not years:
        return np.ones(steps, dtype=bool)
    chosen = np.isin(np.array([y for y, _ in data.time.blocks]), np.array(years))
    return chosen[data.time.block] if row["period"] == "each" else chosen


def _block_names(data: Data) -> list[str]:
    return [f"{y}@{s}" if s else str(y) for y, s in data.time.blocks]


def _append(
    found: _Collected,
    row: pd.Series,
    parts: list,  # type: ignore[type-arg]
    right: Floats,
    kept: np.ndarray,
    labels: np.ndarray,
) -> None:
    place = np.full(len(kept), -1, dtype=np.int64)
    place[kept] = len(found.limit) + np.arange(int(kept.sum()))
    for variable, (step, column, value) in parts:
        chosen = kept[step]
        if chosen.any():
            found.entries.append(
                listed(variable, place[step[chosen]], column[chosen], value[chosen])
            )
    found.limit += [row["id"]] * int(kept.sum())
    found.step += [str(s) for s in labels[kept]]
    side = right[kept]
    found.lower += list(side if row["sense"] in (">=", "=") else np.full(len(side), -np.inf))
    found.upper += list(side if row["sense"] in ("<=", "=") else np.full(len(side), np.inf))


def _add_all(
    data: Data,
    found: _Collected,
    row: pd.Series,
    parts: list,  # type: ignore[type-arg]
    constant: Floats,
    right: Floats,
) -> None:
    """The sum over the planning years, in each scenario."""
    time = data.time
    scenario = np.array([time.scenarios.index(s) for _, s in time.blocks])
    wanted = _wanted_steps(data, row, len(time.blocks))
    summed = [(v, (scenario[r[wanted[r]]], c[wanted[r]], x[wanted[r]])) for v, (r, c, x) in parts]
    total = np.bincount(scenario, np.where(wanted, constant, 0.0), minlength=len(time.scenarios))
    # The value is one for all years; a ratio or a ceiling carries its constants year by year.
    summed_right = np.bincount(scenario, np.where(wanted, right, 0.0), len(time.scenarios))
    first = [int(np.flatnonzero(scenario == s)[0]) for s in range(len(time.scenarios))]
    one_value = row["relative_to"] != BEST and not any(row[k] for k in PER)
    side = np.asarray(right[first] if one_value else summed_right, dtype=float)
    labels = np.array([f"all@{s}" if s else "all" for s in time.scenarios], dtype=object)
    _append(found, row, summed, side - total, np.ones(len(labels), dtype=bool), labels)


def _add_peak(
    data: Data,
    found: _Collected,
    row: pd.Series,
    parts: list,  # type: ignore[type-arg]
    constant: Floats,
) -> None:
    """No year above the peak year, and not rising after it, in each scenario."""
    time = data.time
    years = np.array(time.years)
    peak = int(row["value"])
    pairs = [(y, peak) for y in years if y != peak]
    pairs += [(b, a) for a, b in pairwise(years.tolist()) if a > peak]
    number = {block: i for i, block in enumerate(time.blocks)}
    for scenario in time.scenarios:
        # The step after the peak is in both lists; a row's name is its own.
        for higher, base in dict.fromkeys(pairs):
            here, there = number[(int(higher), scenario)], number[(int(base), scenario)]
            sign = np.zeros(len(time.blocks))
            sign[here], sign[there] = 1.0, -1.0
            one = [(v, (np.zeros_like(r), c, x * sign[r])) for v, (r, c, x) in parts]
            label = f"{higher}<={base}" + (f"@{scenario}" if scenario else "")
            at_most = pd.Series({**row.to_dict(), "sense": "<="})
            _append(
                found,
                at_most,
                one,
                np.array([-(constant * sign).sum()]),
                np.ones(1, dtype=bool),
                np.array([label], dtype=object),
            )
