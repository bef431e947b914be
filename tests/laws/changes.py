"""Changes of a park that change nothing, or everything in proportion."""

from __future__ import annotations

import random
from collections.abc import Mapping

from tests.laws.parks import RandomPark, Row

CAPACITY = ("capacity", "capacity_max")
PER_UNIT = ("price", "peak_price", "co2", "kgce", "unmet_cost")
PER_FLOW = ("capex_per_km", "capex_per_capacity", "cost_per_km", "co2_per_km", "energy_per_km")


def times(row: Row, columns: tuple[str, ...], factor: float) -> Row:
    """The numbers of some columns multiplied; what is blank stays blank."""
    return {c: row[c] * factor for c in columns if row.get(c, "") != ""}


def in_other_unit(park: RandomPark, commodity: str, unit: str, factor: float) -> RandomPark:
    """The park with a commodity counted in ``unit``, of which ``factor`` make one of the old."""
    made = {str(t["id"]): t["capacity_of"] == commodity for t in park.rows("technologies")}
    own = {str(t["id"]): factor if made[str(t["id"])] else 1.0 for t in park.rows("technologies")}

    def here(row: Row) -> float:
        return factor if row.get("commodity", row.get("id")) == commodity else 1.0

    def energy(row: Row) -> Row:
        needs = factor if row.get("energy_commodity") == commodity else 1.0
        return times(row, ("energy_per_km",), needs / here(row)) | times(
            row, tuple(c for c in PER_FLOW if c != "energy_per_km"), 1 / here(row)
        )

    changed = park.each(
        "commodities",
        lambda r: times(r, PER_UNIT, 1 / here(r)) | ({"unit": unit} if here(r) != 1 else {}),
    )
    changed = changed.each(
        "technologies",
        lambda r: times(r, ("capex", "var_om", "area_mu"), 1 / own[str(r["id"])]),
    )
    changed = changed.each(
        "recipes", lambda r: times(r, ("rate",), here(r) / own[str(r["technology"])])
    )
    changed = changed.each("processes", lambda r: times(r, CAPACITY, own[str(r["technology"])]))
    changed = changed.each(
        "storages", lambda r: times(r, CAPACITY, here(r)) | times(r, ("capex",), 1 / here(r))
    )
    changed = changed.each(
        "markets",
        lambda r: (
            times(r, PER_UNIT, 1 / here(r)) | times(r, ("min", "max", "max_per_year"), here(r))
        ),
    )
    changed = changed.each("links", lambda r: times(r, CAPACITY, here(r)))
    return changed.each("transports", energy)


def shuffled(park: RandomPark, order: random.Random) -> RandomPark:
    """The park with the rows of every table in another order; time keeps its own."""
    tables: Mapping[str, tuple[Row, ...]] = {
        name: rows if name in ("periods", "profiles") else tuple(order.sample(rows, len(rows)))
        for name, rows in park.tables.items()
    }
    return park.with_tables(**tables)


def halved(park: RandomPark, step: str) -> RandomPark:
    """The park with one step of every year in two halves."""

    def parts(row: Row) -> tuple[Row, ...]:
        if row["period"] != step:
            return (row,)
        shorter = {"hours": row["hours"] / 2} if "hours" in row else {}
        return tuple({**row, **shorter, "period": f"{step}{half}"} for half in "ab")

    return park.with_tables(
        **{
            table: tuple(part for row in park.rows(table) for part in parts(row))
            for table in ("periods", "profiles")
        }
    )


def doubled(park: RandomPark) -> RandomPark:
    """The park twice as large: amounts, capacities, contracts and budgets."""

    def budget(row: Row) -> Row:
        return {} if row.get("relative_to", "") else times(row, ("value",), 2)

    larger = park
    for table in ("streams", "demands"):
        larger = larger.each(table, lambda r: times(r, ("amount",), 2))
    for table in ("processes", "storages", "links"):
        larger = larger.each(table, lambda r: times(r, CAPACITY, 2))
    larger = larger.each("markets", lambda r: times(r, ("min", "max", "max_per_year"), 2))
    return larger.each("limits", budget)


def with_useless_things(park: RandomPark) -> RandomPark:
    """The park with a market dearer and dirtier than another, and a machine that is too.

    The machine burns far more gas than any other way to steam; one that took power would be of
    use where power is left over from cogeneration.
    """
    worse: Row = {"id": "steam_dear", "site": "*", "commodity": "steam", "direction": "buy"}
    machine: Row = {"id": "leaky", "capacity_of": "steam", "capex": 1e6, "var_om": 5000}
    return (
        park.having("markets", worse | {"price": 900, "co2": 0.6})
        .having("technologies", machine | {"lifetime": 12})
        .having(
            "recipes",
            {"technology": "leaky", "row": "out", "commodity": "steam", "rate": 1},
            {"technology": "leaky", "row": "in", "commodity": "gas", "rate": -50, "emits": "yes"},
        )
        .having(
            "processes",
            {"id": "useless", "site": "site0", "technology": "leaky", "status": "candidate"},
        )
    )


def with_idle_company(park: RandomPark) -> RandomPark:
    """The park with a company far away that has, wants and does nothing."""
    return park.having(
        "sites", {"id": "far", "company": "idle", "lon": 119.0, "lat": 31.5, "area_mu": 5}
    )
