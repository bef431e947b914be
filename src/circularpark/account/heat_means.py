"""Which processes are means of heating, cooling and power, and which are production."""

from __future__ import annotations

from typing import Final

import numpy as np

from circularpark.account.book import Book, position
from circularpark.account.heat_grid import Texts
from circularpark.account.recipe_rows import recipe_rows

# What leaves a park for nothing or for money, and is no product of what makes it.
AWAY: Final = ("vent", "dispose")


def parts_of(book: Book) -> Texts:
    """What each process is: ``means`` of heating, cooling or power, ``cooler``, or ``process``.

    A means has products, and all of them are heat or energy without carbon of its own; a cooler
    has none and takes in nothing but energy, heat and water. What may be vented or disposed of,
    and waste, is no product.
    """
    return book.once("heat_parts", _parts)


def _parts(book: Book) -> Texts:
    recipes = recipe_rows(book)
    ids = book.text("commodities", "id")
    kind = book.text("commodities", "kind")
    away = np.isin(book.text("markets", "direction"), AWAY)
    parted = np.isin(ids, book.text("markets", "commodity")[away]) & (kind != "heat")
    carbon = book.number("commodities", "co2", 0.0).max(axis=1, initial=0.0) > 0
    clean = (kind == "heat") | ((kind == "energy") & ~carbon)
    plain = np.isin(kind, ("heat", "energy", "water"))
    good = position(ids, recipes.commodity)
    out = (recipes.rate > 0).any(axis=1)
    product = out & ~parted[good] & (kind[good] != "waste")
    count = book.size("processes")
    products, unclean, rich = (
        np.bincount(recipes.process[which], minlength=count)
        for which in (product, product & ~clean[good], ~out & ~plain[good])
    )
    making = np.where((products > 0) & (unclean == 0), "means", "process")
    has_rows = np.isin(np.arange(count), recipes.process)
    return np.where((products == 0) & (rich == 0) & has_rows, "cooler", making).astype(object)
