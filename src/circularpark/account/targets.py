"""Pinch targets: the least heating and cooling that any network of exchangers needs.

Pure functions on heat loads that know nothing of the linear program, so that they may judge it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from circularpark.account.heat_grid import Grid, Loads, grid_of
from circularpark.program.time import Floats

# A residual below this share of all heat of its cascade is nothing.
NOTHING = 1e-9


@dataclass(frozen=True)
class ProblemTable:
    """The heat of every cell, and what falls through it with the least heating.

    grid : the cells, K of them; hot, cold : (K, T) [MW] given and wanted in each cell
    heating, cooling : (T,) [MW] least utilities
    residual : (K, T) [MW] heat that falls out of each cell to the next colder one
    """

    grid: Grid
    hot: Floats
    cold: Floats
    heating: Floats
    cooling: Floats
    residual: Floats

    @property
    def offered(self) -> Floats:
        """All heat that is to be taken away [MW], (T,)."""
        return np.asarray(self.hot.sum(axis=0))

    @property
    def wanted(self) -> Floats:
        """All heat that is wanted [MW], (T,)."""
        return np.asarray(self.cold.sum(axis=0))

    @property
    def recoverable(self) -> Floats:
        """The most heat that can pass from hot to cold loads [MW], (T,)."""
        return self.wanted - self.heating

    def pinches(self, period: int = 0) -> list[float]:
        """The shifted temperatures [degC] through which no heat may pass, hottest first.

        Empty for a threshold problem without one: then heating or cooling is zero and the
        residual vanishes at an end of the scale only.
        """
        gross = self.hot[:, period] + self.cold[:, period]
        closed = self.residual[:, period] <= NOTHING * max(float(gross.sum()), NOTHING)
        found: list[float] = []
        for cell in np.flatnonzero(closed[:-1]):
            # An empty cell only stretches a pinch that the cell above it has closed.
            stretched = gross[cell] <= 0 and cell > 0 and closed[cell - 1]
            # Above the first load and below the last one nothing can pass anyway.
            inside = gross[: cell + 1].any() and gross[cell + 1 :].any()
            temperature = float(self.grid.lower[cell])
            if inside and not stretched and temperature not in found:
                found.append(temperature)
        return found


def problem_table(loads: Loads, grid: Grid | None = None) -> ProblemTable:
    """The problem table of one cascade, in every period at once.

    Parameters
    ----------
    loads : the heat given and wanted; grid : cells of one's own, at least as fine as theirs

    Source: Linnhoff & Flower (1978), AIChE Journal 24:633.
    """
    cells = grid_of(loads) if grid is None else grid
    share = cells.shares(loads)
    hot = share[loads.hot].T @ loads.rate[loads.hot]
    cold = share[~loads.hot].T @ loads.rate[~loads.hot]
    fallen = np.cumsum(hot - cold, axis=0)
    heating = np.maximum(0.0, -fallen.min(axis=0, initial=0.0))
    residual = np.maximum(heating + fallen, 0.0)
    last = residual[-1] if len(residual) else np.zeros(loads.rate.shape[1])
    return ProblemTable(cells, hot, cold, heating, last, residual)


def targets(loads: Loads, weight: Floats) -> pd.DataFrame:
    """Least heating and cooling of every cascade, and of all as if they were one.

    Parameters
    ----------
    loads : what production gives and wants (part ``process``); weight : (T,) hours of each period

    Returns
    -------
    DataFrame : site, heat_zone (blank: the whole park as one cascade), offered, wanted,
    recoverable, heating, cooling [MW, means over the periods], pinch (tuple of shifted degC, of
    the mean loads)
    """
    rows = [_row(site, zone, own, weight) for (site, zone), own in loads.cascades()]
    rows.append(_row("", "", loads, weight))
    return pd.DataFrame(rows)


def _row(site: str, zone: str, loads: Loads, weight: Floats) -> dict[str, object]:
    table = problem_table(loads)
    share = weight / weight.sum()
    mean = problem_table(loads.averaged(weight))
    names = ("offered", "wanted", "recoverable", "heating", "cooling")
    amounts = {name: float(getattr(table, name) @ share) for name in names}
    return {"site": site, "heat_zone": zone, **amounts, "pinch": tuple(mean.pinches())}
