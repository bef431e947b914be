"""Names, units and numbers of a diagnosis, in both languages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from circularpark.solve.naming import inside, per_hour, text_names
from circularpark.words import LANGUAGES, Language, say

if TYPE_CHECKING:
    from circularpark.program.data import Data

Names = dict[Language, str]


def figures(value: float, digits: int = 3) -> str:
    """A number to so many significant digits, thousands apart."""
    if not math.isfinite(value) or value == 0:
        return "0" if value == 0 else "–"
    places = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{float(f'{value:.{digits}g}'):,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Lexicon:
    """Names of a park's sites, commodities and things."""

    def __init__(self, data: Data) -> None:
        tables = data.blocks.first
        self.data = data
        self._named_sites = cast(dict[str, Names], text_names(tables.sites))
        self._named_commodities = cast(dict[str, Names], text_names(tables.commodities))
        self.commodities = tables.commodities.set_index("id")
        self.processes = tables.processes.set_index("id")
        self.storages = tables.storages.set_index("id")
        self.markets = tables.markets.set_index("id")
        self.links = data.blocks.links.set_index("id")
        self.limits = tables.limits.set_index("id")
        self.measures = tables.measures.set_index("id")

    def unit(self, commodity: str) -> str:
        """The commodity's own unit."""
        return str(self.commodities.at[commodity, "unit"])

    def site(self, site: str) -> Names:
        """A site's name."""
        return self._named_sites[site]

    def commodity(self, commodity: str) -> Names:
        """A commodity's name as it stands within a sentence."""
        names = self._named_commodities[commodity]
        return {"zh": names["zh"], "en": inside(names["en"])}

    def item(self, table: str, item: str) -> Names:
        """The name of a row of processes, storages, links, markets or limits."""
        if table == "processes":
            return self._process(item)
        if table == "storages":
            row = _row(self.storages, item)
            return self._said("diagnose.name.storage", row, item, site=self.site(row["site"]))
        if table == "links":
            row = _row(self.links, item)
            ends = {"from_site": self.site(row["from"]), "to_site": self.site(row["to"])}
            return self._said("diagnose.name.link", row, item, **ends)
        if table == "markets":
            return self._said("diagnose.name.market", _row(self.markets, item), item)
        row = _row(self.limits, item)
        return {lang: str(row[f"label_{lang}"] or item) for lang in LANGUAGES}

    def _said(self, key: str, row: pd.Series, item: str, **names: Names) -> Names:
        words = {"commodity": self.commodity(str(row["commodity"])), **names}
        return {
            lang: say(key, lang, id=item, **{word: name[lang] for word, name in words.items()})
            for lang in LANGUAGES
        }

    def _process(self, item: str) -> Names:
        rows = self.processes
        alone = item in rows.index
        row = rows.loc[item] if alone else rows[rows["of"] == item].iloc[0]
        called = {
            "zh": str(row["name_zh"] or row["name_en"] or row["technology"]),
            "en": inside(str(row["name_en"] or row["name_zh"] or row["technology"])),
        }
        if not alone:
            return {
                lang: say("diagnose.name.everywhere", lang, id=item, name=called[lang])
                for lang in LANGUAGES
            }
        site = self.site(str(row["site"]))
        return {
            lang: say("diagnose.name.process", lang, id=item, name=called[lang], site=site[lang])
            for lang in LANGUAGES
        }

    def commodity_of(self, table: str, item: str) -> str:
        """The commodity that a thing's capacity counts."""
        if table == "processes":
            rows = self.processes
            own = rows.loc[item] if item in rows.index else rows[rows["of"] == item].iloc[0]
            return str(own["capacity_of"])
        frame = {"storages": self.storages, "links": self.links, "markets": self.markets}[table]
        return str(frame.loc[item, "commodity"])

    def site_of(self, table: str, item: str) -> str:
        """Where a thing stands: a link where it arrives, "" where it stands everywhere."""
        if table == "processes":
            return str(self.processes.at[item, "site"]) if item in self.processes.index else ""
        if table == "links":
            return str(self.links.at[item, "to"])
        frame = {"storages": self.storages, "markets": self.markets}[table]
        return str(frame.loc[item, "site"]).replace("*", "")

    def capacity_unit(self, table: str, item: str) -> str:
        """The unit of a thing's capacity: an amount for a store, a rate for all others."""
        unit = self.unit(self.commodity_of(table, item))
        return unit if table == "storages" else per_hour(unit)

    def limit_unit(self, item: str) -> tuple[str, float]:
        """The unit in which a limit's value is shown, and the factor to it."""
        row = _row(self.limits, item)
        top = self._amount_unit(row, "")
        ratio = any(row[f"per_{k}"] for k in ("measure", "table", "item", "commodity", "site"))
        if ratio:
            bottom = self._amount_unit(row, "per_")
            return ("%", 100.0) if bottom in ("", top) else (f"{top}/{bottom}", 1.0)
        if row["relative_to"]:
            return "%", 100.0
        return (per_hour(top) if row["period"] == "each" else top), 1.0

    def _amount_unit(self, row: pd.Series, prefix: str) -> str:
        measure, commodity = str(row[f"{prefix}measure"]), str(row[f"{prefix}commodity"])
        if measure == "area_mu":
            return "mu"
        if measure:
            known = measure in self.measures.index
            return str(self.measures.at[measure, "unit"]) if known else ""
        if commodity:
            return self.unit(commodity)
        table, item = str(row[f"{prefix}table"] or "markets"), str(row[f"{prefix}item"])
        frame = getattr(self.data.blocks.first, table, None)
        if frame is None or item not in set(frame["id"]):
            return ""
        own = frame.set_index("id").loc[item]
        return self.unit(str(own["capacity_of"] if table == "processes" else own["commodity"]))


def _row(frame: pd.DataFrame, item: str) -> pd.Series[Any]:
    """The one row of an item in a table indexed by id."""
    return frame.iloc[int(pd.Index(frame.index).get_indexer([item])[0])]
