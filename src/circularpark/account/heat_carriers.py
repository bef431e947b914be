"""Heat as a commodity: a cascade's own, and carriers with the shape of their temperatures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from circularpark.account.book import Book, position
from circularpark.account.heat_grid import Flags, Loads, Texts, together
from circularpark.park.units import UnitError, factor
from circularpark.program.time import Floats


def own_heat(book: Book) -> dict[str, float]:
    """Commodities that are a cascade's own heat -> MWh of one unit."""
    return {name: size for name, (size, carrier) in _heat(book).items() if not carrier}


def carrier_sizes(book: Book) -> dict[str, float]:
    """Heat carriers -> MWh of one unit."""
    return {name: size for name, (size, carrier) in _heat(book).items() if carrier}


def _heat(book: Book) -> dict[str, tuple[float, bool]]:
    warm = ~np.isnan(book.number("commodities", "temperature", np.nan)).all(axis=1)
    named = (book.text("commodities", column) for column in ("id", "kind", "unit"))
    rows = zip(*named, np.atleast_1d(warm), strict=True)
    return {
        str(name): (_size(str(unit)), bool(carrier))
        for name, kind, unit, carrier in rows
        if kind == "heat"
    }


def _size(unit: str) -> float:
    try:
        return factor(unit, "MWh").factor
    except UnitError:
        return np.nan


def sizes_of(sizes: dict[str, float], goods: Texts) -> Floats:
    return np.array([sizes[good] for good in goods], dtype=float)[:, None]


def shaped(
    book: Book,
    block: int,
    index: pd.DataFrame,
    carrier: Texts,
    hot: Flags,
    rate: Floats,
    side: float,
) -> Loads:
    """Loads in the shape of their carriers, which are pieces of one item.

    side : 1 where a cascade exchanges heat with the carrier; -1 where the load is the carrier's
        own, and stands where others raise it (hot) or use it (cold), at no approach of its own
    """
    shape = carrier_shapes(book, block)
    pieces = []
    for row, own in shape.groupby("row", sort=False):
        place = position(own["carrier"].to_numpy(dtype=object), carrier)
        entry = np.flatnonzero(place >= 0)
        warm, cold, share, approach = (
            own[name].to_numpy(dtype=float)[place[entry]]
            for name in ("upper", "lower", "share", "approach")
        )
        giving = hot[entry]
        pieces.append(
            Loads(
                index.iloc[entry].assign(row=str(row)).reset_index(drop=True),
                giving,
                np.where(giving, warm, cold),
                np.where(giving, cold, warm),
                side * approach / 2,
                rate[entry] * share[:, None],
            )
        )
    none = np.zeros(0, dtype=np.int64)
    bare = np.zeros(len(index))
    return together(pieces or [Loads(index, hot, bare, bare, bare, rate).chosen(none)])


def carrier_table(book: Book, block: int) -> pd.DataFrame:
    """The heat carriers: id, temperature, return_temperature, latent_temperature, latent_share,
    min_approach, blanks filled as the contract says."""
    rows = np.flatnonzero(np.isin(book.text("commodities", "id"), list(carrier_sizes(book))))
    number = {
        name: book.number("commodities", name, default)[rows, block]
        for name, default in (
            ("temperature", np.nan), ("return_temperature", np.nan),
            ("latent_temperature", np.nan), ("latent_share", 0.0), ("min_approach", 0.0),
        )
    }  # fmt: skip
    supply = number["temperature"]
    for name in ("return_temperature", "latent_temperature"):
        number[name] = np.where(np.isnan(number[name]), supply, number[name])
    return pd.DataFrame({"id": book.text("commodities", "id")[rows], **number})


def carrier_shapes(book: Book, block: int) -> pd.DataFrame:
    """How a carrier's heat lies between temperatures: carrier, row, upper, lower, share, approach.

    The latent share stands at its one temperature, the rest evenly from supply to return.
    """
    table = carrier_table(book, block)
    pieces: Sequence[tuple[str, str, str, Floats]] = (
        ("latent", "latent_temperature", "latent_temperature", table["latent_share"].to_numpy()),
        ("sensible", "temperature", "return_temperature", 1 - table["latent_share"].to_numpy()),
    )
    found = [
        pd.DataFrame(
            {
                "carrier": table["id"],
                "row": row,
                "upper": table[[upper, lower]].max(axis=1),
                "lower": table[[upper, lower]].min(axis=1),
                "share": share,
                "approach": table["min_approach"],
            }
        )[share > 0]
        for row, upper, lower, share in pieces
    ]
    return pd.concat(found, ignore_index=True)
