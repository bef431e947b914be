"""How many things stand in a year, as limits count them."""

from __future__ import annotations

from typing import Any

import numpy as np

from circularpark.program.constraints.capacity import lives
from circularpark.program.counted import commodity_of
from circularpark.program.data import Data
from circularpark.program.terms import Constant, Linear, Term
from circularpark.program.time import Integers
from circularpark.program.variables import Variables

KIND = {"processes": "process", "storages": "storage", "links": "link"}


def standing_things(data: Data, var: Variables, table: str) -> Linear:
    """The number of things of a table that stand in a year.

    What exists counts while it stands; what is built counts while it lives, and once however
    often it is enlarged.
    """
    item = data.item
    opened = item.expandable[item.opened]
    position = np.flatnonzero(item.kind[opened] == KIND[table])
    chosen = opened[position]
    years = np.array(data.time.years)
    alive = lives(years, item.lifetime[chosen]) & item.available[chosen][:, None, :]
    beside = alive & (item.standing[chosen] == 0)[:, :, None]
    own = np.flatnonzero(item.kind == KIND[table])
    fixed = own[(item.standing[own] > 0).any(axis=1)]
    term = Term(
        "count", 0, var.open, position, beside.astype(float), table, **_places(data, table, chosen)
    )
    yearly = (item.standing[fixed] > 0)[:, data.time.block_year].astype(float)
    constant = Constant("count", 0, yearly, table, **_places(data, table, fixed))
    return Linear((term,), (constant,))


def _places(data: Data, table: str, items: Integers) -> dict[str, Any]:
    """Item, site, commodity and, of links, the far site of things of a table."""
    item = data.item.key["item"][items]
    links = table == "links"
    columns = {"site": "to" if links else "site", "commodity": commodity_of(table)}
    if links:
        columns["other_site"] = "from"
    found = {key: data.blocks.cells(table, name, item) for key, name in columns.items()}
    return {"item": item, **found}
