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
from circularpark.park.columns import Columns, frame_of, or_else
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
    named = {str(name): keys[name].to_numpy() for name in keys}
    own = _Rows(tables.links, _numbered(tables.links, named["id"]))
    carried = _transport_rows(tables.transports, named["transport"], named["commodity"])
    given_km = own.numbers("km")
    found = named | {"km": np.where(np.isnan(given_km), named["km"], given_km)}
    found.setdefault("cost_factor", np.ones(len(keys)))
    generated = named["generated"].astype(bool)
    found["status"] = np.where(generated, "candidate", own.texts("status")).astype(object)
    for column, value in _STANDING.items():
        found[column] = or_else(own.numbers(column), value)
    for column in _DATES:
        found[column] = own.numbers(column)
    for column, value in _NUMBERS.items():
        found[column] = or_else(_first(own, carried, column), value)
    for column in _FLAGS:
        found[column] = or_else(_first(own, carried, column), 0.0) != 0.0
    drives = own.texts("energy_commodity")
    found["energy_commodity"] = np.where(drives != "", drives, carried.texts("energy_commodity"))
    found["loss"] = found["loss_per_km"] * found["km"]
    _refuse_negative_arrivals(park, found)
    return frame_of(found)


def link_factors(links: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The factors of transports as factors of their links (table "links").

    A link's own factor of the same measure stands in its place.
    """
    factors = {str(name): column.to_numpy() for name, column in tables.factors.items()}
    ids, ways = links["id"].to_numpy(), links["transport"].to_numpy()
    own: dict[str, list[str]] = {}
    for row in np.flatnonzero(factors["table"] == "links").tolist():
        own.setdefault(factors["measure"][row], []).append(factors["item"][row])
    rows, on = [_NOBODY], [_NOBODY]
    for row in np.flatnonzero(factors["table"] == "transports").tolist():
        here = ways == factors["item"][row]
        if said := own.get(factors["measure"][row]):
            here &= ~pd.Index(ids).isin(said)
        on.append(np.flatnonzero(here))
        rows.append(np.full(len(on[-1]), row, dtype=np.intp))
    taken, named = np.concatenate(rows), np.concatenate(on)
    found = {name: column[taken] for name, column in factors.items()}
    found["item"] = ids[named]
    found["table"] = np.full(len(named), "links", dtype=object)
    found["scope"] = or_else(found["scope"].astype(float), 3.0)
    return frame_of(found)


def _given(park: Park) -> pd.DataFrame:
    """The rows of the links table with their lengths."""
    tables = park.tables
    rows = len(tables.links)
    given = frame_of(
        {name: tables.links[name].to_numpy() for name in ("id", *_WAY, "km")}
        | {"cost_factor": np.ones(rows), "generated": np.zeros(rows, dtype=bool)}
        | {"row": np.arange(rows)}
    )
    open_km = given["km"].isna().to_numpy()
    if not open_km.any():
        return given
    named = (given[name].to_numpy() for name in ("transport", "commodity"))
    carried = _transport_rows(tables.transports, *named)
    own = _Rows(tables.links, np.arange(rows))
    detour = or_else(_first(own, carried, "detour"), _DETOUR)
    wanted = given.assign(detour=detour)[open_km]
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
    if not len(found):
        return found
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
    columns = ("id", "commodity", "max_km", "detour", "bidirectional")
    for name, good, most, detour, both in zip(
        *(transports[column].tolist() for column in columns), strict=True
    ):
        start, end = givers.get(good, _NOBODY), takers.get(good, _NOBODY)
        shortest = _least_stretch(tables, name, detour) if len(start) and len(end) else 1.0
        left, right = pairs_within(position, start, end, most / shortest)
        if _is_true(both):
            left, right = _one_of_both(left, right, len(sites.ids))
        found.append((left, right))
    return _frame(sites, found, transports)


def _by_commodity(ends: pd.DataFrame, sites: Places) -> dict[str, Numbers]:
    """Numbers of the sites with coordinates at which each commodity is given (taken)."""
    number = sites.numbers(ends["site"])
    known = (number >= 0) & sites.placed[number]
    groups: dict[str, list[int]] = {}
    goods = ends["commodity"].to_numpy()[known]
    for site, good in zip(number[known].tolist(), goods.tolist(), strict=True):
        groups.setdefault(good, []).append(site)
    return {good: np.sort(np.array(own, dtype=np.intp)) for good, own in groups.items()}


def _permitted(tables: Tables) -> pd.DataFrame:
    """The transports of commodities that they may carry, one row a (transport, commodity)."""
    transports = tables.transports
    if "_origin" in transports:
        # A catalogue row that only a link or a corridor names is known, but is no transport
        # of the park.
        transports = transports[transports["_origin"] != "catalogue"]
    goods = (tables.commodities[name].tolist() for name in ("id", "hazard"))
    dangers: dict[str, set[str]] = {}
    for name, hazard in zip(*goods, strict=True):
        dangers.setdefault(name, listed(hazard))
    seen: set[tuple[str, str]] = set()
    allowed = []
    columns = (transports[name].tolist() for name in ("id", "commodity", "permission"))
    for name, good, permission in zip(*columns, strict=True):
        first = (name, good) not in seen
        seen.add((name, good))
        allowed.append(first and dangers.get(good, set()) <= listed(permission))
    return transports[np.array(allowed, dtype=bool)]


def _least_stretch(tables: Tables, transport: str, detour: float) -> float:
    """How much longer than the straight line a link of this transport is at least."""
    return min(1.0, detour) if allowed_corridors(tables.corridors, transport).any() else detour


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
    return frame_of(columns | {"bidirectional": both[which]})


def _replaced(found: pd.DataFrame, given: pd.DataFrame) -> NDArray[np.bool_]:
    """Which candidates a links row replaces (either way where the transport is bidirectional)."""
    rows = pd.MultiIndex.from_frame(given[_WAY])
    there = pd.MultiIndex.from_frame(found[_WAY]).isin(rows)
    back = pd.MultiIndex.from_frame(found[["to", "from", "commodity", "transport"]]).isin(rows)
    return np.asarray(there | (back & found["bidirectional"].to_numpy(dtype=bool)))


class _Rows:
    """Rows of a table, one for each link: row (n,), -1 where it has none."""

    def __init__(self, table: pd.DataFrame, row: Numbers) -> None:
        self.table, self.row = table, row

    def __contains__(self, column: str) -> bool:
        return column in self.table

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column of numbers or flags, (n,); NaN where there is none."""
        values = self.table[column].to_numpy(dtype=float, na_value=np.nan)
        return np.append(values, np.nan)[self.row]

    def texts(self, column: str) -> NDArray[np.object_]:
        """A column of text, (n,); "" where there is none."""
        return np.append(self.table[column].to_numpy(dtype=object), "")[self.row]


def _numbered(table: pd.DataFrame, ids: NDArray[np.object_]) -> Numbers:
    """The row of each id; -1 where no row has it."""
    return np.asarray(pd.Index(table["id"]).get_indexer(pd.Index(ids)), dtype=np.intp)


def _transport_rows(
    transports: pd.DataFrame, transport: NDArray[np.object_], commodity: NDArray[np.object_]
) -> _Rows:
    """The row of transports.csv of each link: of its commodity, else the transport's first."""
    first: dict[str, int] = {}
    exact: dict[tuple[str, str], int] = {}
    listed = zip(transports["id"].tolist(), transports["commodity"].tolist(), strict=True)
    for row, (name, good) in enumerate(listed):
        first.setdefault(name, row)
        exact.setdefault((name, good), row)
    # Links are many, what they run on and carry is little.
    (way, ways), (load, loads) = (pd.factorize(names) for names in (transport, commodity))
    found = np.array(
        [[exact.get((name, good), first.get(name, -1)) for good in loads] for name in ways],
        dtype=np.intp,
    )
    return _Rows(transports, found.reshape(len(ways), len(loads))[way, load])


def _first(own: _Rows, carried: _Rows, column: str) -> NDArray[np.float64]:
    """Number by number what the links row says, else what its transport says."""
    theirs = carried.numbers(column)
    return or_else(own.numbers(column), theirs) if column in own else theirs


def _is_true(cell: object) -> bool:
    return cell is not None and cell == cell and bool(cell)


def _refuse_negative_arrivals(park: Park, found: Columns) -> None:
    wrong = np.flatnonzero(found["loss"] > 1).tolist()
    if wrong:
        rows = [{name: column[row] for name, column in found.items()} for row in wrong]
        raise ParkDataError([_loses_all(park, row) for row in rows], park.id)


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
