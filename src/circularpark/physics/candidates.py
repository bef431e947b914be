"""Candidate links: every way a park's transports could carry a commodity from site to site.

Where the contract is silent:

- ``max_km`` is compared with the length as it counts: routed, or straight x detour. It
  rules out generated candidates only, never a row of ``links.csv``.
- A commodity with a ``hazard`` (or several, ``a;b``) is carried only by a transport whose
  ``permission`` names each of them. A row of ``links.csv`` is the park's own word and stays.
- Hazardous waste goes only to sites with a licence for its codes (``physics/licences.py``).
- Of a bidirectional transport one candidate is generated for a pair of sites: from the
  giver, or from the earlier row of the sites table where both directions are useful. A
  links row of such a transport replaces it in whichever direction the row is written.
- Sites without coordinates have no generated candidates.
- Candidates on which nothing would arrive are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from circularpark.errors import Finding, ParkDataError
from circularpark.physics.givers import ends
from circularpark.physics.licences import licensed
from circularpark.physics.places import Places, pairs_within, places
from circularpark.physics.routes import allowed_corridors, lengths, listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from circularpark.park.model import Park, Tables

    Numbers = NDArray[np.intp]

KEYS = ["id", "from", "to", "commodity", "transport", "km", "generated", "row"]
_WAY = ["from", "to", "commodity", "transport"]
# What a links row may override, with the defaults of tables.toml for a row without a transport.
_NUMBERS = {
    "loss_per_km": 0.0,
    "capex_per_km": 0.0,
    "capex_per_capacity": 0.0,
    "capex_fixed_per_km": 0.0,
    "fixed_om": 0.0,
    "cost_per_km": 0.0,
    "co2_per_km": 0.0,
    "energy_per_km": 0.0,
    "lifetime": 20.0,
    "min_batch": 0.0,
}
_DETOUR = 1.3
_FLAGS = ["bidirectional", "direct"]
_STANDING = {"capacity": 0.0, "floor": 0.0, "capacity_max": np.inf, "price": 0.0}
_DATES = ["built", "retires", "today"]
_NOBODY: Numbers = np.empty(0, dtype=np.intp)
# Lengths are sums of rounded numbers: a pair exactly at max_km is within it.
_ROUNDING = 1 + 1e-9


def link_keys(park: Park) -> pd.DataFrame:
    """All links of a park: its own rows, then the generated candidates.

    Returns
    -------
    DataFrame: id, from, to, commodity, transport, km, cost_factor (of its corridors),
    generated (bool), row (position in ``tables.links``, -1 if generated). The id of a
    generated link is ``commodity@from@to@transport``.

    Raises
    ------
    ParkDataError : a links row has no km and its sites no coordinates.
    """
    tables = park.tables
    given = _given(park)
    made = _generated(tables, given)
    return pd.concat([part for part in (given, made) if len(part)] or [given], ignore_index=True)


def links(park: Park, tables: Tables, keys: pd.DataFrame) -> pd.DataFrame:
    """The links with their numbers of one year and scenario, one row a row of ``keys``.

    Adds status, capacity, floor, capacity_max [unit/h], loss (share lost), price, built,
    retires, today, what the transport costs and emits (a links row's cells first),
    energy_commodity, lifetime, bidirectional and direct.

    Raises
    ------
    ParkDataError : less than nothing would arrive at the end of a link.
    """
    named = keys.reset_index(drop=True)
    carried = _transport_rows(tables, named)
    own = tables.links.set_index("id").reindex(named["id"]).reset_index(drop=True)
    found = named.assign(km=named["km"].where(own["km"].isna(), own["km"]))
    if "cost_factor" not in found:
        found["cost_factor"] = 1.0
    found["status"] = own["status"].where(~named["generated"], "candidate")
    for column, value in _STANDING.items():
        found[column] = own[column].where(own[column].notna(), value)
    for column in _DATES:
        found[column] = own[column].astype(float)
    for column, default in _NUMBERS.items():
        found[column] = _first(own, carried, column).fillna(default).astype(float)
    for column in _FLAGS:
        found[column] = _first(own, carried, column).map(_is_true).astype(bool)
    found["energy_commodity"] = _first(own, carried, "energy_commodity").fillna("")
    found["loss"] = found["loss_per_km"] * found["km"]
    _refuse_negative_arrivals(park, found)
    return found


def link_factors(links: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The factors of transports as factors of their links (table "links").

    A link's own factor of the same measure stands in its place.
    """
    factors = tables.factors
    general = factors[factors["table"] == "transports"]
    named = links[["id", "transport"]].rename(columns={"transport": "item", "id": "link"})
    each = general.merge(named, on="item").drop(columns="item").rename(columns={"link": "item"})
    own = factors.loc[factors["table"] == "links", ["item", "measure"]].drop_duplicates()
    marked = each.merge(own, on=["item", "measure"], how="left", indicator=True)
    kept = marked[marked["_merge"] == "left_only"].drop(columns="_merge")
    kept = kept.assign(table="links", scope=kept["scope"].fillna(3))
    return kept[list(factors.columns)].reset_index(drop=True)


def _given(park: Park) -> pd.DataFrame:
    """The rows of the links table with their lengths."""
    tables = park.tables
    given = tables.links[["id", *_WAY, "km"]].copy()
    given["cost_factor"], given["generated"] = 1.0, False
    given["row"] = np.arange(len(given))
    open_km = given["km"].isna().to_numpy()
    if not open_km.any():
        return given
    carried = _transport_rows(tables, given)
    detour = _first(tables.links.reset_index(drop=True), carried, "detour").fillna(_DETOUR)
    wanted = given.assign(detour=detour.to_numpy(dtype=float))[open_km]
    measured = lengths(tables, wanted)
    given.loc[open_km, "km"] = measured["km"].to_numpy()
    given.loc[open_km, "cost_factor"] = measured["cost_factor"].to_numpy()
    unplaced = given[given["km"].isna()]
    if len(unplaced):
        raise ParkDataError([_unplaced(park, row) for row in unplaced["row"]], park.id)
    return given


def _generated(tables: Tables, given: pd.DataFrame) -> pd.DataFrame:
    """Every candidate that no links row replaces, with its length."""
    sites = places(tables.sites)
    found = _pairs(tables, sites)
    found = found[~_replaced(found, given) & licensed(tables, found)].reset_index(drop=True)
    found = found.join(lengths(tables, found))
    fits = found["km"].notna() & ~(found["km"] > found["max_km"] * _ROUNDING)
    fits &= found["loss_per_km"] * found["km"] < 1
    kept = found[fits].reset_index(drop=True)
    kept["id"] = kept["commodity"] + "@" + kept["from"] + "@" + kept["to"] + "@" + kept["transport"]
    return kept.assign(generated=True, row=-1)[[*KEYS[:6], "cost_factor", *KEYS[6:]]]


def _pairs(tables: Tables, sites: Places) -> pd.DataFrame:
    """From, to, commodity and transport of all candidates, with the transport's numbers."""
    givers, takers = (_by_commodity(part, sites) for part in ends(tables))
    position = sites.chords()
    transports = _permitted(tables)
    found: list[tuple[Numbers, Numbers]] = []
    for row in transports.to_dict("records"):
        start = givers.get(row["commodity"], _NOBODY)
        end = takers.get(row["commodity"], _NOBODY)
        shortest = _least_stretch(tables, row) if len(start) and len(end) else 1.0
        left, right = pairs_within(position, start, end, row["max_km"] / shortest)
        if _is_true(row["bidirectional"]):
            left, right = _one_of_both(left, right, len(sites.ids))
        found.append((left, right))
    return _frame(sites, found, transports)


def _by_commodity(ends: pd.DataFrame, sites: Places) -> dict[str, Numbers]:
    """Numbers of the sites with coordinates at which each commodity is given (taken)."""
    number = sites.numbers(ends["site"])
    known = (number >= 0) & sites.placed[number]
    groups = pd.Series(number[known]).groupby(ends.loc[known, "commodity"].to_numpy())
    return {str(name): np.sort(group.to_numpy()) for name, group in groups}


def _permitted(tables: Tables) -> pd.DataFrame:
    """The transports of commodities that they may carry, one row a (transport, commodity)."""
    transports = tables.transports
    if "_origin" in transports:
        # A catalogue row that only a link or a corridor names is known, but is no transport
        # of the park.
        transports = transports[transports["_origin"] != "catalogue"]
    transports = transports.drop_duplicates(["id", "commodity"])
    hazard = tables.commodities.drop_duplicates("id").set_index("id")["hazard"]
    dangers = transports["commodity"].map(hazard).fillna("")
    allowed = [
        listed(danger) <= listed(permission)
        for danger, permission in zip(dangers, transports["permission"], strict=True)
    ]
    return transports[np.array(allowed, dtype=bool)]


def _least_stretch(tables: Tables, row: dict[Any, Any]) -> float:
    """How much longer than the straight line a link of this transport is at least."""
    detour = float(row["detour"])
    return min(1.0, detour) if allowed_corridors(tables.corridors, row["id"]).any() else detour


def _one_of_both(left: Numbers, right: Numbers, count: int) -> tuple[Numbers, Numbers]:
    """Of pairs that stand in both directions only the one whose sender comes first."""
    returned = np.isin(right * count + left, left * count + right)
    kept = ~returned | (left < right)
    return left[kept], right[kept]


def _frame(
    sites: Places, found: list[tuple[Numbers, Numbers]], transports: pd.DataFrame
) -> pd.DataFrame:
    """The pairs of every transport, one transport after the other, with its numbers."""
    ids = sites.ids.to_numpy(dtype=object)
    left, right = (
        np.concatenate([_NOBODY, *(pair[end] for pair in found)]).astype(np.intp) for end in (0, 1)
    )
    which = np.repeat(np.arange(len(transports)), [len(pair[0]) for pair in found])
    columns: dict[str, Any] = {"from": ids[left], "to": ids[right]}
    for name, column in (("commodity", "commodity"), ("transport", "id")):
        columns[name] = transports[column].to_numpy(dtype=object)[which]
    for column in ("max_km", "detour", "loss_per_km"):
        columns[column] = transports[column].to_numpy(dtype=float)[which]
    both = np.array([_is_true(cell) for cell in transports["bidirectional"]], dtype=bool)
    frame = pd.DataFrame(columns | {"bidirectional": both[which]})
    return frame.astype(dict.fromkeys(_WAY, object))


def _replaced(found: pd.DataFrame, given: pd.DataFrame) -> NDArray[np.bool_]:
    """Which candidates a links row replaces (either way where the transport is bidirectional)."""
    rows = pd.MultiIndex.from_frame(given[_WAY])
    there = pd.MultiIndex.from_frame(found[_WAY]).isin(rows)
    back = pd.MultiIndex.from_frame(found[["to", "from", "commodity", "transport"]]).isin(rows)
    return np.asarray(there | (back & found["bidirectional"].to_numpy(dtype=bool)))


def _transport_rows(tables: Tables, named: pd.DataFrame) -> pd.DataFrame:
    """The row of transports.csv of each link: of its commodity, else the transport's first."""
    transports = tables.transports
    asked = named[["transport", "commodity"]]
    exact = transports.drop_duplicates(["id", "commodity"]).rename(columns={"id": "transport"})
    exact = asked.merge(exact.assign(listed=True), on=["transport", "commodity"], how="left")
    first = transports.drop_duplicates("id").rename(columns={"id": "transport"})
    first = asked[["transport"]].merge(first, on="transport", how="left")
    listed = exact["listed"].notna()
    return exact[list(first.columns)].where(listed, first)


def _first(own: pd.DataFrame, carried: pd.DataFrame, column: str) -> pd.Series:
    """Cell by cell what the links row says, else what its transport says."""
    if column not in own:
        return carried[column]
    said = own[column].notna() & (own[column] != "")
    return own[column].astype(object).where(said, carried[column].astype(object))


def _is_true(cell: object) -> bool:
    return cell is not None and cell == cell and bool(cell)


def _refuse_negative_arrivals(park: Park, found: pd.DataFrame) -> None:
    wrong = found[found["loss"] > 1]
    if len(wrong):
        findings = [_loses_all(park, row) for row in wrong.to_dict("records")]
        raise ParkDataError(findings, park.id)


def _place(park: Park, row: int) -> dict[str, Any]:
    """File and spreadsheet row of a row of the links table, as far as they are remembered."""
    if row < 0:
        return {"file": "transports.csv"}
    link = park.tables.links.iloc[row]
    place = {"file": "links.csv", "row": row + 2}
    if "_file" in link.index:
        place = {"file": str(link["_file"]), "row": int(link["_row"])}
    return place


def _unplaced(park: Park, row: int) -> Finding:
    link = park.tables.links.iloc[row]
    values = {"start": link["from"], "end": link["to"]}
    return Finding("physics.link_unplaced", column="km", values=values, **_place(park, row))


def _loses_all(park: Park, link: dict[Any, Any]) -> Finding:
    values = {"link": link["id"], "km": f"{link['km']:.4g}", "loss": f"{link['loss_per_km']:g}"}
    place = _place(park, int(link["row"]))
    return Finding("physics.link_loses_all", column="loss_per_km", values=values, **place)
