"""Why a pair of sites has no candidate link: too far, not permitted, no licence, nothing arrives.

The tests are those of ``candidates``, each told apart; what passes them all is a candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.physics.givers import ends
from circularpark.physics.licences import licensed
from circularpark.physics.places import places
from circularpark.physics.routes import lengths, listed

if TYPE_CHECKING:
    from circularpark.park.model import Tables

TOO_FAR, HAZARD, LOST, UNPLACED = "too_far", "hazard", "lost", "unplaced"
LICENCE = "licence"
COLUMNS = ["link", "from", "to", "commodity", "transport", "km", "max_km", "reason", "hazard"]
_ROUNDING = 1 + 1e-9


def pruned_pairs(tables: Tables, known: pd.DataFrame, most: int = 2000) -> pd.DataFrame:
    """Pairs of a giver and a taker that no candidate joins by a transport of the park, and why.

    Parameters
    ----------
    known : the park's links: from, to, commodity, transport; either way round they are no pair
    most : of each transport only so many of the nearest pairs are looked at

    Returns
    -------
    DataFrame : link (the id it would have), from, to, commodity, transport, km, max_km [km],
    reason (too_far, hazard, licence, lost, unplaced), hazard (the commodity's); nearest first
    """
    given, taken = ends(tables)
    transports = tables.transports
    if "_origin" in transports:
        transports = transports[transports["_origin"] != "catalogue"]
    transports = transports.drop_duplicates(["id", "commodity"])
    pieces = [
        _pairs(tables, row, given, taken, known, most) for row in transports.to_dict("records")
    ]
    found = pd.concat([p for p in pieces if len(p)] or [pd.DataFrame(columns=COLUMNS)])
    order = np.argsort((found["km"] / found["max_km"]).to_numpy(dtype=float), kind="stable")
    return found[COLUMNS].iloc[order].reset_index(drop=True)


def _pairs(
    tables: Tables,
    row: dict[Any, Any],
    given: pd.DataFrame,
    taken: pd.DataFrame,
    known: pd.DataFrame,
    most: int,
) -> pd.DataFrame:
    """The pairs of one transport and commodity without a link, with what stands against each."""
    start, end = (e.loc[e["commodity"] == row["commodity"], ["site"]] for e in (given, taken))
    pairs: pd.DataFrame = start.rename(columns={"site": "from"}).merge(
        end.rename(columns={"site": "to"}), how="cross"
    )
    pairs = pairs.assign(commodity=row["commodity"], transport=row["id"], detour=row["detour"])
    way = ["from", "to", "commodity", "transport"]
    there = pd.MultiIndex.from_frame(known[way])
    back = pd.MultiIndex.from_frame(known[["to", "from", "commodity", "transport"]])
    names = pd.MultiIndex.from_frame(pairs[way])
    pairs = pairs[(pairs["from"] != pairs["to"]) & ~(names.isin(there) | names.isin(back))]
    pairs = pairs.iloc[np.argsort(_straight(tables, pairs), kind="stable")[:most]]
    pairs = pairs.reset_index(drop=True)
    if not len(pairs):
        return pairs
    pairs["km"] = lengths(tables, pairs)["km"].to_numpy(dtype=float)
    danger = tables.commodities.drop_duplicates("id").set_index("id")["hazard"]
    hazard = str(danger.get(row["commodity"], "") or "")
    far = pairs["km"] > row["max_km"] * _ROUNDING
    lost = row["loss_per_km"] * pairs["km"] >= 1
    reason = np.select([pairs["km"].isna(), far, lost], [UNPLACED, TOO_FAR, LOST], HAZARD)
    link = pairs["commodity"] + "@" + pairs["from"] + "@" + pairs["to"] + "@" + pairs["transport"]
    found = pairs.assign(link=link, max_km=float(row["max_km"]), reason=reason, hazard=hazard)
    # What passes every test is a candidate, unless nobody may carry it.
    refused = not listed(hazard) <= listed(row["permission"])
    if not refused:
        barred = (found["reason"] == HAZARD) & ~licensed(tables, found)
        found["reason"] = found["reason"].where(~barred, LICENCE)
    kept: pd.DataFrame = found[(found["reason"] != HAZARD) | refused]
    return kept


def _straight(tables: Tables, pairs: pd.DataFrame) -> np.ndarray:
    """How far the sites of pairs are apart in a straight line through the earth, nan unplaced."""
    sites = places(tables.sites)
    chords = sites.chords()
    start, end = (chords[sites.numbers(pairs[side])] for side in ("from", "to"))
    return np.asarray(np.linalg.norm(start - end, axis=1), dtype=float)
