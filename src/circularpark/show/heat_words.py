"""What the things of a heat report are called, and its figures as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from circularpark.account.heat_loads import NETWORK
from circularpark.show.numbers import number
from circularpark.solve.naming import flow_names, item_names, text_names
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan


class HeatWords:
    """Names of sites, sources and sinks of a plan, in one language."""

    def __init__(self, plan: Plan, lang: Language) -> None:
        data = plan.problem.data
        tables = data.blocks.first
        self.lang = lang
        self._sites = text_names(tables.sites)
        self._goods = text_names(tables.commodities)
        self._things = item_names(data)
        self._at = dict(zip(tables.processes["id"], tables.processes["site"], strict=True))
        self._short = {item: names[lang] for item, names in flow_names(tables).items()}
        named = tables.processes[["id", "technology", f"name_{lang}"]]
        self._short |= {
            str(item): str(name or technology)
            for item, technology, name in named.itertuples(index=False, name=None)
        }

    def site(self, site: str, zone: str = "") -> str:
        """A site's name, with its heat zone where it has one; blank: the whole park."""
        if not site:
            return say("heat.whole", self.lang)
        name = self._sites.get(site, {}).get(self.lang, site)
        if zone == NETWORK:
            return say("heat.network", self.lang, site=name)
        return say("heat.zone", self.lang, site=name, zone=zone) if zone else name

    def item(self, item: str, part: str) -> str:
        """What a source or sink is called: a stream or demand, a technology, a carrier."""
        if part == "direct":
            return self._things.get(item, {}).get(self.lang, item)
        if part == "carrier":
            return self._goods.get(item, {}).get(self.lang, item)
        return self._short.get(item, item)

    def carrier(self, carrier: str) -> str:
        """A carrier's name."""
        return self._goods.get(carrier, {}).get(self.lang, carrier)


def span(start: float, end: float) -> str:
    """From one temperature to another: 150 → 80; a single one where it stays."""
    if pd.isna(start):
        return "–"
    return number(start) if start == end else f"{number(start)} → {number(end)}"


def pinch_text(pinches: tuple[float, ...]) -> str:
    """Pinch temperatures beside one another; a dash where there is none."""
    return " / ".join(number(pinch) for pinch in pinches) or "–"
