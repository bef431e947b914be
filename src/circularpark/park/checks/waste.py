"""Hazardous waste that a row of links would bring to a site without a licence for its codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import looked_up
from circularpark.park.checks.cells import finding_at, flag, found, number, rows_of, text
from circularpark.park.licences import HAZARDOUS, holds
from circularpark.park.patterns import parts_of

if TYPE_CHECKING:
    from circularpark.park.draft import Draft


def hazardous_waste_goes_to_licence_holders(draft: Draft) -> Iterator[Finding]:
    """A named link ends at a licence holder; a waste that may travel has one to travel to."""
    goods = rows_of(draft, "commodities")
    codes = {
        name: code
        for name, hazard, code in zip(
            text(goods, "id"), text(goods, "hazard"), text(goods, "waste_code"), strict=True
        )
        if HAZARDOUS in parts_of(hazard)
    }
    if not codes:
        return
    sites = rows_of(draft, "sites")
    licence = dict(zip(text(sites, "id"), text(sites, "licence"), strict=True))
    yield from _links(draft, codes, licence)
    yield from _takers(draft, codes, licence)


def longest_times_are_seen(draft: Draft) -> Iterator[Finding]:
    """A store that repeats itself sooner than it must be emptied is never seen to be late."""
    stores = rows_of(draft, "storages")
    days = number(stores, "max_days")
    cycle = {"annual": 0.0, "typical_days": 1.0}.get(draft.settings.mode, np.inf)
    if len(rows_of(draft, "periods")):
        return
    yield from found(stores, days >= cycle, "checks.time_not_seen", "max_days", "warning")


def _links(draft: Draft, codes: dict[str, str], licence: dict[str, str]) -> Iterator[Finding]:
    links = rows_of(draft, "links")
    if not len(links):
        return
    good, status = text(links, "commodity"), text(links, "status")
    for column, way in (("to", None), ("from", flag(links, "bidirectional"))):
        ends = text(links, column)
        bad = [
            g in codes and end in licence and not holds(licence[end], codes[g])
            for g, end in zip(good, ends, strict=True)
        ]
        lacks = np.array(bad, dtype=bool) & (status != "forbidden")
        if way is not None:
            lacks &= way
        yield from found(
            links,
            lacks,
            "checks.no_licence",
            column,
            site=ends,
            commodity=good,
            codes=looked_up(good, codes, ""),
        )


def _takers(draft: Draft, codes: dict[str, str], licence: dict[str, str]) -> Iterator[Finding]:
    """A waste that the park's transports carry and other sites could treat, but none may take."""
    transports = rows_of(draft, "transports")
    own = text(transports, "_origin") != "catalogue"
    carried = {
        name
        for names, permission in zip(
            text(transports, "commodity")[own], text(transports, "permission")[own], strict=True
        )
        for name in parts_of(names)
        if name in codes and HAZARDOUS in parts_of(permission)
    }
    treated = _treated(draft)
    goods = rows_of(draft, "commodities")
    for place, name in enumerate(text(goods, "id").tolist()):
        takers = sorted(treated.get(name, set())) if name in carried else []
        if takers and not any(holds(licence.get(s, ""), codes[name]) for s in takers):
            values = {"codes": codes[name], "sites": ", ".join(takers)}
            yield finding_at(
                goods, place, "checks.no_licence_holder", "waste_code", "warning", values
            )


def _treated(draft: Draft) -> dict[str, set[str]]:
    """Commodity -> sites with a process that takes it."""
    recipes, plants = rows_of(draft, "recipes"), rows_of(draft, "processes")
    sites: dict[str, set[str]] = {}
    for technology, site in zip(text(plants, "technology"), text(plants, "site"), strict=True):
        sites.setdefault(technology, set()).add(site)
    treated: dict[str, set[str]] = {}
    taken = number(recipes, "rate") < 0
    columns = (text(recipes, name)[taken] for name in ("technology", "commodity"))
    for technology, good in zip(*columns, strict=True):
        treated.setdefault(good, set()).update(sites.get(technology, set()))
    return treated
