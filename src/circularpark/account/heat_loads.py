"""The heat loads of a park, read from its tables and a plan's flows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from circularpark.account.book import Book, texts
from circularpark.account.heat_carriers import carrier_sizes, own_heat, shaped, sizes_of
from circularpark.account.heat_grid import Flags, Loads, Texts, together
from circularpark.account.heat_means import parts_of
from circularpark.account.recipe_rows import RecipeRows, recipe_rows
from circularpark.program.time import Floats, Integers

# No heat zone can be called so: what a site gives and wants as a carrier.
NETWORK: Final = "*"


def heat_loads(book: Book, year: int | None = None, *, asked: bool = True) -> Loads:
    """Every heat load of the park's cascades in the periods of one planning year.

    Parameters
    ----------
    book : the park beside a plan's flows: ``activity`` and ``share_flow`` say how hard
        processes run, ``raised`` and ``used`` what cascades give to and take from carriers
    year : planning year [the last]; temperatures are those of its first scenario
    asked : streams at what they offer and demands at what they want, as targets need it; else
        at what the plan takes of and gives to them

    Streams, demands and what production gives or wants are of part ``process``. Equipment whose
    only products are heat, or energy that holds no carbon (power, cold), is ``means``: boilers,
    heat pumps, turbines; what has no product at all and takes heat away is ``cooler``. What they
    do is an answer, not a need. Raising and using a carrier is of part ``carrier``; what a direct
    line takes from one cascade and brings to another of part ``direct``. What streams,
    demands and production give and want as a carrier is of part ``network``: it stands in no
    cascade, in the zone ``NETWORK`` of its site.
    """
    block = _block(book, book.time.years[-1] if year is None else year)
    own, carried = own_heat(book), carrier_sizes(book)
    parts = [_carriers(book, name, block) for name in ("raised", "used")]
    for table, quantity, key, hot in (
        ("streams", "taken", "stream", True),
        ("demands", "met", "demand", False),
    ):
        goods = book.text(table, "commodity")
        ids = book.text(table, "id")
        values = book.spread(quantity, key, ids)
        if asked:
            more = 0.0 if hot else book.spread("unmet", key, ids)
            values = book.quantity("offer").values if hot else values + more
        row = np.flatnonzero(np.isin(goods, list(own)))
        parts.append(_flows(book, table, row, block, values, hot=hot))
        row = np.flatnonzero(np.isin(goods, list(carried)))
        rate = values[row][:, block[1]] * sizes_of(carried, goods[row])
        index = _index(ids[row], "", book.text(table, "site")[row], NETWORK, "network")
        parts.append(shaped(book, block[0], index, goods[row], np.full(len(row), hot), rate, -1.0))
    parts += [*_recipes(book, block, own), *_network_rows(book, block, carried)]
    found = together(parts)
    return together([found, *_direct(book, block, found)])


def periods_of(book: Book, year: int | None = None) -> Integers:
    """The periods that stand for a planning year, of all scenarios."""
    wanted = book.time.years[-1] if year is None else year
    blocks = [number for number, (y, _) in enumerate(book.time.blocks) if y == wanted]
    return np.flatnonzero(np.isin(book.time.block, blocks))


def weights_of(book: Book, year: int | None = None) -> Floats:
    """Expected hours of a planning year that each of its periods stands for [h/a]."""
    own = periods_of(book, year)
    return np.asarray((book.time.span * book.time.probability)[own], dtype=float)


def _block(book: Book, year: int) -> tuple[int, Integers]:
    """The first block of a year, whose temperatures hold, and all periods of the year."""
    first = next(number for number, (y, _) in enumerate(book.time.blocks) if y == year)
    return first, periods_of(book, year)


def _flows(
    book: Book, table: str, row: Integers, block: tuple[int, Integers], values: Floats, *, hot: bool
) -> Loads:
    """Streams or demands of a cascade's own heat."""
    size = sizes_of(own_heat(book), book.text(table, "commodity")[row])
    return _loads(
        _index(
            book.text(table, "id")[row],
            "",
            book.text(table, "site")[row],
            book.text(table, "heat_zone")[row],
            "process",
        ),
        np.full(len(row), hot),
        _ends(book, table, row, block[0]),
        values[row][:, block[1]] * size,
    )


def _index(item: Texts, row: object, site: Texts, zone: object, part: object) -> pd.DataFrame:
    return pd.DataFrame(
        {"item": item, "row": row, "site": site, "heat_zone": zone, "part": part},
        index=range(len(item)),
        dtype=object,
    )


def _ends(book: Book, table: str, row: Integers, block: int) -> tuple[Floats, Floats, Floats]:
    """Supply and target temperature [degC] and half of the approach [K] of rows.

    A blank temperature is the other one: the heat stands at a single temperature.
    """
    supply, target = (
        book.number(table, name, np.nan)[row, block] for name in ("supply_temp", "target_temp")
    )
    approach = book.number(table, "min_approach", 0.0)[row, block]
    return (
        np.where(np.isnan(supply), target, supply),
        np.where(np.isnan(target), supply, target),
        approach / 2,
    )


def _loads(
    index: pd.DataFrame, hot: Flags, ends: tuple[Floats, Floats, Floats], rate: Floats
) -> Loads:
    """Loads without those that have no temperature."""
    found = Loads(index, hot, *ends, rate)
    return found.chosen(~np.isnan(found.supply))


def _recipes(book: Book, block: tuple[int, Integers], own: dict[str, float]) -> Iterator[Loads]:
    """Heat rows of recipes at the activity of their processes."""
    for entry, rate, recipes in _drawn(book, own):
        process = recipes.process[entry]
        index = _index(
            book.text("processes", "id")[process],
            recipes.row[entry],
            recipes.site[entry],
            book.text("processes", "heat_zone")[process],
            parts_of(book)[process],
        )
        hot = np.asarray((recipes.rate[entry] > 0).any(axis=1), dtype=bool)
        ends = _ends(book, "recipes", recipes.recipe[entry], block[0])
        yield _loads(index, hot, ends, rate[:, block[1]])


def _network_rows(
    book: Book, block: tuple[int, Integers], carried: dict[str, float]
) -> Iterator[Loads]:
    """What production makes and uses as a carrier."""
    for entry, rate, recipes in _drawn(book, carried):
        production = parts_of(book)[recipes.process[entry]] == "process"
        entry, rate = entry[production], rate[production]
        ids = book.text("processes", "id")[recipes.process[entry]]
        index = _index(ids, recipes.row[entry], recipes.site[entry], NETWORK, "network")
        hot = np.asarray((recipes.rate[entry] > 0).any(axis=1), dtype=bool)
        goods = recipes.commodity[entry]
        yield shaped(book, block[0], index, goods, hot, rate[:, block[1]], -1.0)


def _drawn(book: Book, sizes: dict[str, float]) -> Iterator[tuple[Integers, Floats, RecipeRows]]:
    """Recipe rows of these commodities that a flow drives: entries, heat [MW] (n, T), the rows."""
    recipes = recipe_rows(book)
    for grouped in (False, True):
        driven = (recipes.grouped == grouped) & (recipes.flow >= 0)
        entry = np.flatnonzero(driven & np.isin(recipes.commodity, list(sizes)))
        rate = np.abs(_recipe_rate(book, recipes, entry, grouped))
        yield entry, rate * sizes_of(sizes, recipes.commodity[entry]), recipes


def _direct(book: Book, block: tuple[int, Integers], others: Loads) -> Iterator[Loads]:
    """What direct lines take from one cascade and bring, less what is lost, to another.

    Their heat stands on the shifted scale already.
    """
    start, end = book.text("links", "from"), book.text("links", "to")
    zones = joined_zones(zip(others.index["site"], others.index["heat_zone"], strict=True))
    for name, sender, receiver in (
        ("direct_flow", start, end),
        ("direct_flow_back", end, start),
    ):
        if name not in book.flows:
            continue
        index = book.quantity(name).index
        link = book.find("links", texts(index, "link"))
        sent = book.quantity(name).values[:, block[1]]
        sizes = own_heat(book) | carrier_sizes(book)
        sent = sent * sizes_of(sizes, book.text("links", "commodity")[link])
        arrives = 1.0 - book.number("links", "loss", 0.0)[link, block[0]]
        edges = [str(interval).split("..") for interval in texts(index, "interval")]
        upper, lower = np.array(edges, dtype=float).reshape(len(index), 2).T
        bare = np.zeros(len(index))
        for site, hot, share in ((sender, False, bare + 1.0), (receiver, True, arrives)):
            zone = np.array([zones.get(str(s), "") for s in site[link]], dtype=object)
            ids = book.text("links", "id")[link]
            ends = (upper, lower) if hot else (lower, upper)
            where = _index(ids, "", site[link], zone, "direct")
            yield Loads(where, np.full(len(index), hot), *ends, bare, sent * share[:, None])


def joined_zones(cascades: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The zone that a direct line joins at each site: the one without name, else the first.

    cascades : (site, heat_zone) of all cascades
    """
    found: dict[str, str] = {}
    for site, zone in cascades:
        if zone != NETWORK:
            found[site] = min(zone, found.get(site, zone))
    return found


def net_heat(book: Book, year: int | None = None) -> Floats:
    """The heat that each process gives, own and by carriers, less what it takes [MW], (P, T)."""
    sizes = {**own_heat(book), **carrier_sizes(book)}
    periods = periods_of(book, year)
    net = np.zeros((book.size("processes"), len(periods)))
    for entry, rate, recipes in _drawn(book, sizes):
        sign = np.where((recipes.rate[entry] > 0).any(axis=1), 1.0, -1.0)
        np.add.at(net, recipes.process[entry], rate[:, periods] * sign[:, None])
    return net


def _recipe_rate(book: Book, recipes: RecipeRows, entry: Integers, grouped: bool) -> Floats:
    """Flow of each recipe row in every period, in its commodity's unit per hour."""
    values = book.quantity(recipes.quantity(grouped)).values[recipes.flow[entry]]
    profiles = recipes.drawn_profile()[entry]
    shape = np.ones((len(entry), len(book.time.period)))
    for name in dict.fromkeys(profiles):
        if name:
            shape[profiles == name] = book.time.profile(str(name))
    return recipes.per_flow()[entry][:, book.time.block] * values * shape


def _carriers(book: Book, name: str, block: tuple[int, Integers]) -> Loads:
    """Raising a carrier is a cold load on its cascade, using it a hot one."""
    quantity = book.quantity(name)
    index = quantity.index
    carrier = texts(index, "carrier")
    rate = quantity.values[:, block[1]] * sizes_of(carrier_sizes(book), carrier)
    where = _index(carrier, "", texts(index, "site"), texts(index, "heat_zone"), "carrier")
    return shaped(book, block[0], where, carrier, np.full(len(index), name == "used"), rate, 1.0)
