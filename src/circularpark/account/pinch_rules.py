"""Which equipment stands on the wrong side of the pinch, and whether the park wants it there.

No heating below the pinch, no cooling above it, no heat across it; a heat pump lifts heat from
below to above, an engine gives its heat above or takes it from below.

Source: Linnhoff & Hindmarsh (1983), Chemical Engineering Science 38:745; Townsend & Linnhoff
(1983), AIChE Journal 29:742, for engines and heat pumps.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from circularpark.account.heat_grid import Flags, Loads
from circularpark.account.heat_loads import NETWORK
from circularpark.account.targets import NOTHING, ProblemTable, problem_table
from circularpark.program.time import Floats

KEYS = ("site", "heat_zone", "item", "part")
SIDES = ("gives_above", "gives_below", "takes_above", "takes_below")


def pinch_lines(table: ProblemTable) -> tuple[Floats, Floats]:
    """Where heating must end and cooling must begin, in every period.

    Returns
    -------
    heating, cooling : (T,) [degC, shifted] heat given below the first, or taken above the
    second, adds to the least utility; infinite where none is needed at all (a threshold problem)
    """
    gross = table.hot + table.cold
    closed = table.residual <= NOTHING * np.maximum(gross.sum(axis=0), NOTHING)
    above = np.cumsum(gross, axis=0) > 0
    below = (gross.sum(axis=0) - np.cumsum(gross, axis=0)) > NOTHING * gross.sum(axis=0)
    inside = closed & above & below
    edges = table.grid.lower
    hottest = edges[np.argmax(inside, axis=0)]
    coldest = edges[len(edges) - 1 - np.argmax(inside[::-1], axis=0)]
    small = NOTHING * np.maximum(gross.sum(axis=0), NOTHING)
    has = inside.any(axis=0)
    heating = np.where(table.heating <= small, np.inf, np.where(has, hottest, -np.inf))
    cooling = np.where(table.cooling <= small, -np.inf, np.where(has, coldest, np.inf))
    return heating, cooling


def placement(loads: Loads, weight: Floats) -> pd.DataFrame:
    """What equipment and carriers do on either side of the pinch, of their site and of the park.

    Parameters
    ----------
    loads : a plan's, all parts; weight : (T,) hours

    Returns
    -------
    DataFrame : site, heat_zone, item, part, gives_above, gives_below, takes_above, takes_below
    [MW, means] of its cascade's own pinch; wrong [MW] of it on the wrong side, and wrong_park
    the same with the pinch of the park as one cascade (0 for carriers: what one site raises
    another uses, so that they neither heat nor cool the park); lifts: gives heat hotter than it
    takes it
    """
    needs = loads.of_part("process", "network")
    whole = pinch_lines(problem_table(needs)) if len(needs) else None
    found = []
    for (_, zone), own in loads.cascades():
        production = own.of_part("process")
        equipment = own.of_part("means", "cooler", "carrier")
        if zone == NETWORK or not len(production) or not len(equipment):
            continue
        lines = pinch_lines(problem_table(production))
        found.append(_placed(equipment, lines, whole or lines, weight))
    if not found:
        columns = [*KEYS, *SIDES, "wrong", "wrong_park", "lifts"]
        return pd.DataFrame({name: [] for name in columns})
    return pd.concat(found, ignore_index=True)


def _placed(
    loads: Loads, own: tuple[Floats, Floats], whole: tuple[Floats, Floats], weight: Floats
) -> pd.DataFrame:
    share = weight / weight.sum()
    hot, mean = loads.hot, loads.rate @ share
    middle = (loads.upper + loads.lower) / 2
    frame = loads.index[list(KEYS)].assign(
        **_sides(loads, own, share, ""),
        **_sides(loads, whole, share, "park_"),
        given=np.where(hot, mean * middle, 0.0),
        taken=np.where(hot, 0.0, mean * middle),
    )
    frame = frame.groupby(list(KEYS), sort=False, as_index=False).sum()
    engine = _is_engine(frame)
    for prefix, name in (("", "wrong"), ("park_", "wrong_park")):
        below, above = frame[f"{prefix}gives_below"], frame[f"{prefix}takes_above"]
        # An engine may stand wholly on either side; only across the pinch it costs more heating.
        frame[name] = np.where(engine, np.minimum(below, above), below + above)
    frame["wrong_park"] = frame["wrong_park"].where(frame["part"] != "carrier", 0.0)
    frame["lifts"] = (frame["gives"] > 0) & (frame["takes"] > 0) & ~engine
    return frame[[*KEYS, *SIDES, "wrong", "wrong_park", "lifts"]]


def _sides(
    loads: Loads, lines: tuple[Floats, Floats], share: Floats, prefix: str
) -> dict[str, Floats]:
    """Heat given and taken on either side of a pinch [MW], (L,) each."""
    mean = loads.rate @ share
    above = (_above(loads, lines) * loads.rate) @ share
    found = {
        "gives_above": np.where(loads.hot, above, 0.0),
        "gives_below": np.where(loads.hot, mean - above, 0.0),
        "takes_above": np.where(loads.hot, 0.0, above),
        "takes_below": np.where(loads.hot, 0.0, mean - above),
    }
    if not prefix:
        found |= {"gives": np.where(loads.hot, mean, 0.0), "takes": np.where(loads.hot, 0.0, mean)}
    return {f"{prefix}{name}": values for name, values in found.items()}


def _is_engine(frame: pd.DataFrame) -> Flags:
    """Which rows take heat hotter than they give it."""
    both = (frame["gives"] > 0) & (frame["takes"] > 0)
    colder = frame["given"] * frame["takes"] < frame["taken"] * frame["gives"]
    return np.asarray(both & colder, dtype=bool)


def _above(loads: Loads, lines: tuple[Floats, Floats]) -> Floats:
    """The share of each load above its line in every period, (L, T).

    What stands just at the line is where it should not be asked: heat given there serves what
    is below, heat taken there comes from above.
    """
    line = np.where(loads.hot[:, None], lines[0], lines[1])
    upper, lower = loads.upper[:, None], loads.lower[:, None]
    point = upper == lower
    width = np.where(point, 1.0, upper - lower)
    with np.errstate(invalid="ignore"):
        spread = np.clip((upper - np.maximum(line, lower)) / width, 0.0, 1.0)
    single = np.where(loads.hot[:, None], upper > line, upper >= line)
    return np.asarray(np.where(point, single, spread), dtype=float)
