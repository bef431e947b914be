"""Composite, grand composite and total-site curves, as points (heat [MW], temperature [degC])."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.account.heat_grid import Loads
from circularpark.account.targets import problem_table
from circularpark.program.time import Floats

# Heat below this share of the whole draws no piece of a curve.
SPECK = 1e-12


@dataclass(frozen=True)
class Curve:
    """Corners of a line, hottest first: heat [MW] and temperature [degC]."""

    heat: Floats
    temperature: Floats


@dataclass(frozen=True)
class Pieces:
    """Heat between two shifted temperatures: upper, lower [degC], heat [MW], (N,) each."""

    upper: Floats
    lower: Floats
    heat: Floats


def composite(loads: Loads, *, shifted: bool = False) -> tuple[Curve, Curve]:
    """The hot and the cold composite curve of one cascade at its first period's rates.

    The cold curve starts at the least cooling, so that the two overlap by what can be
    recovered. ``shifted``: on the shifted scale, where they touch at the pinch.

    Source: Linnhoff & Flower (1978); Kemp (2007), Pinch Analysis and Process Integration.
    """
    cooling = float(problem_table(loads).cooling[0]) if len(loads) else 0.0
    ends = (loads.upper, loads.lower) if shifted else _real_ends(loads)
    curves = []
    for side, start in ((loads.hot, 0.0), (~loads.hot, cooling)):
        rate = loads.rate[side, 0]
        curves.append(curve_of(Pieces(ends[0][side], ends[1][side], rate), start))
    return curves[0], curves[1]


def _real_ends(loads: Loads) -> tuple[Floats, Floats]:
    return np.maximum(loads.supply, loads.target), np.minimum(loads.supply, loads.target)


def curve_of(pieces: Pieces, start: float = 0.0) -> Curve:
    """One line for all pieces: at every temperature the heat of those below it, plus ``start``."""
    kept = pieces.heat > SPECK * max(float(pieces.heat.sum()), SPECK)
    upper, lower, heat = pieces.upper[kept], pieces.lower[kept], pieces.heat[kept]
    edges = np.unique(np.concatenate([upper, lower]))
    point = upper == lower
    width = np.where(point, 1.0, upper - lower)
    below = (edges[:, None] - lower) / width
    spread = np.where(point, edges[:, None] > upper, np.clip(below, 0.0, 1.0)) @ heat
    with_points = np.where(point, edges[:, None] >= upper, np.clip(below, 0.0, 1.0)) @ heat
    # A temperature with a phase change has two corners: without and with its heat.
    temperature = np.repeat(edges, 2)[::-1]
    both = np.column_stack([spread, with_points]).ravel()[::-1] + start
    moved = np.abs(np.diff(both)) > SPECK * float(heat.sum())
    keep = np.append(True, moved | (np.diff(temperature) != 0))
    return Curve(both[keep[: len(both)]], temperature[keep[: len(both)]])


@dataclass(frozen=True)
class GrandComposite:
    """The heat that falls past every shifted temperature, with the least heating.

    curve : its corners; sinks, sources : what is left outside the pockets, above and below the
    pinch: the heating and cooling with the temperatures at which it is enough
    """

    curve: Curve
    sinks: Pieces
    sources: Pieces


def grand_composite(loads: Loads) -> GrandComposite:
    """The grand composite curve of one cascade at its first period's rates.

    Source: Linnhoff et al. (1982), User Guide on Process Integration.
    """
    table = problem_table(loads)
    heat = np.concatenate([table.heating[:1], table.residual[:, 0]])
    heat[heat < SPECK * max(float(heat.max(initial=0.0)), SPECK)] = 0.0
    temperature = np.concatenate([table.grid.upper[:1], table.grid.lower])
    curve = Curve(heat, temperature)
    pinch = int(np.argmin(heat))
    last = len(heat) - 1 - int(np.argmin(heat[::-1]))
    sinks = _outside(heat[: pinch + 1], temperature[: pinch + 1])
    sources = _outside(heat[last:][::-1], temperature[last:][::-1])
    return GrandComposite(curve, sinks, sources)


def _outside(heat: Floats, temperature: Floats) -> Pieces:
    """What is left of a branch that ends at the pinch when its pockets are served by themselves.

    The branch starts at its utility; wherever it falls below all that was before, that much
    of the utility is needed (or given) at the temperature of the fall.
    """
    if len(heat) < 2:
        nothing = np.zeros(0)
        return Pieces(nothing, nothing, nothing)
    least = np.minimum.accumulate(heat)
    fall = least[:-1] - least[1:]
    # Part of a cell that falls from within a pocket still belongs to the pocket.
    drop = np.where(heat[:-1] > heat[1:], heat[:-1] - heat[1:], 1.0)
    share = np.clip((heat[:-1] - least[:-1]) / drop, 0.0, 1.0)
    start = temperature[:-1] + share * (temperature[1:] - temperature[:-1])
    ends = np.column_stack([start, temperature[1:]])
    kept = fall > 0
    return Pieces(ends.max(axis=1)[kept], ends.min(axis=1)[kept], fall[kept])


def total_site(cascades: Sequence[Loads]) -> tuple[Pieces, Pieces]:
    """What all cascades have left and lack, outside their pockets: (sources, sinks).

    Source: Dhole & Linnhoff (1993), Computers & Chemical Engineering 17:S101.
    """
    found = [grand_composite(loads) for loads in cascades]
    return (
        _joined([each.sources for each in found]),
        _joined([each.sinks for each in found]),
    )


def _joined(parts: Sequence[Pieces]) -> Pieces:
    if not parts:
        nothing = np.zeros(0)
        return Pieces(nothing, nothing, nothing)
    return Pieces(
        np.concatenate([part.upper for part in parts]),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.heat for part in parts]),
    )


def frame_of(curves: dict[str, Curve]) -> pd.DataFrame:
    """Curves as one long table: curve, heat [MW], temperature [degC]."""
    parts = [
        pd.DataFrame({"curve": name, "heat": curve.heat, "temperature": curve.temperature})
        for name, curve in curves.items()
    ]
    return pd.concat(parts, ignore_index=True)
