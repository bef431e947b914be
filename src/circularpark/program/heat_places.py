"""Where a park exchanges heat: its cascades, and the carriers that are raised and used there.

Where the contract is silent:

- Commodities of a cascade may be counted in different energy units; the cascade itself is
  counted in the unit of the first commodity of its own heat, else of the first carrier.
- A market open to every site is open to every cascade: a carrier that it trades may be raised
  and used in all of them, and its disposal of own heat takes what leaves any of them.
- A site that has nothing but one carrier has no cascade: there is nothing to heat with it.
- A direct line joins the only cascade of its sites; of several the one without a zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from circularpark.park.keys import Keys, Names, coded, numbered
from circularpark.park.units import factor
from circularpark.program.data import Blocks, Flags
from circularpark.program.joined import Joined
from circularpark.program.time import Floats, Integers

EVERY_SITE = "*"


@dataclass(frozen=True)
class HeatPlaces:
    """Where heat is exchanged, before balances are numbered.

    own, carrier : (C,) which commodities are a cascade's own heat, and which carry heat
    factor : (C,) from the commodity's unit to the unit of cascades (1 for all others)
    cascade : keys site, heat_zone; exchange : keys carrier, site, heat_zone of carriers there
    exchange_of : (X,) the cascade of each; exchange_good : (X,) its commodity
    more : keys site, commodity that have a balance because of heat
    direct : (D,) links that join cascades, among those kept; from_cascade, to_cascade : (D,)
    """

    own: Flags
    carrier: Flags
    factor: Floats
    cascade: Keys
    exchange: Keys
    exchange_of: Integers
    exchange_good: Integers
    more: Keys
    direct: Integers
    from_cascade: Integers
    to_cascade: Integers

    def cascade_of(self, site: Names, zone: Names) -> Integers:
        """The cascade at each (site, heat_zone), -1 where there is none."""
        known = {pair: place for place, pair in enumerate(self.cascade)}
        found = [known.get(pair, -1) for pair in zip(site.tolist(), zone.tolist(), strict=True)]
        return np.array(found, dtype=np.int64)


def heat_places(blocks: Blocks, kept: dict[str, Flags], joined: Joined) -> HeatPlaces | None:
    """The cascades and carriers of a park; None where it has none.

    joined : recipe rows of the processes that are kept
    """
    heat = np.asarray(blocks.texts("commodities", "kind") == "heat", dtype=bool)
    if not heat.any():
        return None
    bare = np.isnan(blocks.number("commodities", "temperature")).all(axis=1)
    finder = _Finder(blocks, kept, joined, heat & bare, heat & ~bare)
    cascades = finder.cascades()
    if not cascades:
        return None
    every = finder.open_to_all(cascades)
    exchange = finder.exchanges(cascades, every)
    sites = blocks.texts("sites", "id")
    goods = blocks.texts("commodities", "id")
    of = np.array([place for place, _ in exchange], dtype=np.int64)
    good = np.array([carrier for _, carrier in exchange], dtype=np.int64)
    at = np.array([site for site, _ in cascades], dtype=np.int64)
    zone = np.array([name for _, name in cascades], dtype=object)
    direct, start, end = finder.joined_cascades(cascades)
    return HeatPlaces(
        own=finder.own,
        carrier=finder.carrier,
        factor=_factors(blocks, finder.own, finder.carrier),
        cascade=Keys({"site": sites[at], "heat_zone": zone}),
        exchange=Keys({"carrier": goods[good], "site": sites[at[of]], "heat_zone": zone[of]}),
        exchange_of=of,
        exchange_good=good,
        more=Keys(
            {
                "site": sites[np.array([s for s, _ in every], dtype=np.int64)],
                "commodity": goods[np.array([c for _, c in every], dtype=np.int64)],
            }
        ),
        direct=direct,
        from_cascade=start,
        to_cascade=end,
    )


class _Finder:
    """Looks through a park's tables for heat; sites and commodities by their position."""

    def __init__(
        self, blocks: Blocks, kept: dict[str, Flags], joined: Joined, own: Flags, carrier: Flags
    ) -> None:
        self.blocks, self.kept, self.joined = blocks, kept, joined
        self.own, self.carrier = own, carrier
        self.site_of = coded(blocks.texts("sites", "id"))[0]
        self.good_of = coded(blocks.texts("commodities", "id"))[0]
        self.touched = set(self._touched())

    def cascades(self) -> list[tuple[int, str]]:
        """Site and zone of every cascade, in the order of the sites' table."""
        found = set(self._with_own_heat())
        with_heat = {site for site, _ in found}
        many = np.bincount([site for site, _ in self.touched], minlength=1)
        bare = set(np.flatnonzero(many > 1).tolist())
        bare |= {site for ends in self._direct() for site in ends.tolist()}
        found |= {(site, "") for site in bare - with_heat}
        return sorted(found)

    def open_to_all(self, cascades: list[tuple[int, str]]) -> list[tuple[int, int]]:
        """Site and commodity of the markets of heat that are open to every cascade."""
        traded = numbered(self.good_of, self.blocks.texts("markets", "commodity"))
        everywhere = self.blocks.texts("markets", "site") == EVERY_SITE
        goods = np.unique(traded[everywhere & (self.own | self.carrier)[traded]]).tolist()
        return [(site, good) for site in sorted({s for s, _ in cascades}) for good in goods]

    def exchanges(
        self, cascades: list[tuple[int, str]], every: list[tuple[int, int]]
    ) -> list[tuple[int, int]]:
        """Cascade (by place) and carrier wherever a carrier is raised and used."""
        carriers: dict[int, set[int]] = {}
        for site, good in [*self.touched, *every]:
            if self.carrier[good]:
                carriers.setdefault(site, set()).add(good)
        return [
            (place, good)
            for place, (site, _) in enumerate(cascades)
            for good in sorted(carriers.get(site, ()))
        ]

    def _with_own_heat(self) -> Iterator[tuple[int, str]]:
        for site, good, zone in self._placed():
            own = self.own[good]
            yield from zip(site[own].tolist(), zone[own].tolist(), strict=True)

    def _placed(self) -> Iterator[tuple[Integers, Integers, Names]]:
        """Site, commodity and zone of streams, demands and recipe rows."""
        for table in ("streams", "demands"):
            site, good, zone = (
                self.blocks.texts(table, column) for column in ("site", "commodity", "heat_zone")
            )
            yield numbered(self.site_of, site), numbered(self.good_of, good), zone
        goods = self.blocks.texts("recipes", "commodity")[self.joined.recipe]
        at = numbered(self.site_of, self.joined.site)
        yield at, numbered(self.good_of, goods), self.joined.heat_zone

    def _touched(self) -> Iterator[tuple[int, int]]:
        """Site and carrier wherever a link, storage, market, stream, demand or process has one."""
        pairs = [(site, good) for site, good, _ in self._placed()]
        pairs += list(self._things())
        for site, good in pairs:
            chosen = (site >= 0) & self.carrier[good]
            yield from zip(site[chosen].tolist(), good[chosen].tolist(), strict=True)

    def _things(self) -> Iterator[tuple[Integers, Integers]]:
        """Site (-1 for every site) and commodity of markets, storages and both ends of links."""
        for table, column, rows in (
            ("markets", "site", None),
            ("storages", "site", self.kept["storages"]),
            ("links", "from", self.kept["links"]),
            ("links", "to", self.kept["links"]),
        ):
            site = numbered(self.site_of, self.blocks.texts(table, column, rows))
            yield site, numbered(self.good_of, self.blocks.texts(table, "commodity", rows))

    def joined_cascades(self, cascades: list[tuple[int, str]]) -> tuple[Integers, ...]:
        """Direct lines, and the cascades that each of them joins.

        Of several cascades of a site it is the one without a zone.
        """
        of_site = {site: place for place, (site, _) in reversed(list(enumerate(cascades)))}
        of_site |= {site: place for place, (site, zone) in enumerate(cascades) if not zone}
        ends = [[of_site[site] for site in sites.tolist()] for sites in self._direct()]
        lines = np.flatnonzero(self.blocks.flags("links", "direct", self.kept["links"]))
        return (lines, *(np.array(end, dtype=np.int64) for end in ends))

    def _direct(self) -> Iterator[Integers]:
        """Sites from which direct lines start, and where they end."""
        direct = self.blocks.flags("links", "direct", self.kept["links"])
        for column in ("from", "to"):
            ends = self.blocks.texts("links", column, self.kept["links"])[direct]
            yield numbered(self.site_of, ends)


def _factors(blocks: Blocks, own: Flags, carrier: Flags) -> Floats:
    units = blocks.texts("commodities", "unit")
    first = np.flatnonzero(own) if own.any() else np.flatnonzero(carrier)
    found = np.ones(len(units))
    for place in np.flatnonzero(own | carrier):
        found[place] = factor(str(units[place]), str(units[first[0]])).factor
    return found
