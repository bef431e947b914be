"""What things are called and in which unit they are counted."""

from __future__ import annotations

import pandas as pd

from circularpark.program.data import Data
from circularpark.program.exchangers import exchanger_frame
from circularpark.words import LANGUAGES, say

Names = dict[str, dict[str, str]]


def text_names(frame: pd.DataFrame) -> Names:
    """id -> {"zh", "en"}; a blank name takes the other language's, else the id."""
    found: Names = {}
    for row in frame[["id", "name_zh", "name_en"]].itertuples(index=False):
        zh, en = str(row.name_zh), str(row.name_en)
        found[str(row.id)] = {"zh": zh or en or str(row.id), "en": en or zh or str(row.id)}
    return found


def item_names(data: Data) -> Names:
    """Names of processes, storages and links."""
    tables = data.blocks.first
    sites, goods = text_names(tables.sites), text_names(tables.commodities)
    found: Names = {}
    processes = tables.processes
    named = processes[["id", "site", "technology", "name_zh", "name_en"]]
    for name, site, technology, zh, en in named.itertuples(index=False, name=None):
        own = {"zh": zh or technology, "en": en or technology}
        found[str(name)] = {k: f"{v} · {_of(sites, site, k)}" for k, v in own.items()}
    stores = tables.storages[["id", "site", "commodity"]]
    for name, site, good in stores.itertuples(index=False, name=None):
        found[str(name)] = {
            k: f"{_of(goods, good, k)} · {_of(sites, site, k)}" for k in ("zh", "en")
        }
    for name, site, good in exchanger_frame(data).itertuples(index=False, name=None):
        way = str(name).rpartition("@")[2]
        said = {
            k: say(f"solve.exchanger.{way}", k, good=_within(goods, good, k)) for k in LANGUAGES
        }
        found[str(name)] = {k: f"{text} · {_of(sites, site, k)}" for k, text in said.items()}
    ends = data.blocks.links[["id", "from", "to", "commodity"]]
    for name, start, end, good in ends.itertuples(index=False, name=None):
        found[str(name)] = {
            k: f"{_of(goods, good, k)}: {_of(sites, start, k)} → {_of(sites, end, k)}"
            for k in ("zh", "en")
        }
    return found


def _of(names: Names, name: str, lang: str) -> str:
    return names[name][lang] if name in names else str(name)


def _within(goods: Names, good: str, lang: str) -> str:
    name = _of(goods, good, lang)
    return inside(name) if lang == "en" else name


def item_units(data: Data) -> dict[str, str]:
    """Units of capacities: per hour, but for what a store holds."""
    tables = data.blocks.first
    unit = dict(zip(tables.commodities["id"], tables.commodities["unit"], strict=True))
    found: dict[str, str] = {}
    for name, good in zip(tables.processes["id"], tables.processes["capacity_of"], strict=True):
        found[str(name)] = per_hour(unit.get(good, ""))
    for name, good in zip(tables.storages["id"], tables.storages["commodity"], strict=True):
        found[str(name)] = str(unit.get(good, ""))
    made = exchanger_frame(data)
    for name, good in zip(made["id"], made["commodity"], strict=True):
        found[str(name)] = per_hour(unit.get(good, ""))
    links = data.blocks.links
    for name, good in zip(links["id"], links["commodity"], strict=True):
        found[str(name)] = per_hour(unit.get(good, ""))
    return found


def per_hour(unit: str) -> str:
    """The unit of a rate: MW for MWh, else unit/h."""
    return {"MWh": "MW", "kWh": "kW", "GWh": "GW"}.get(str(unit), f"{unit}/h" if unit else "")


def inside(name: str) -> str:
    """An English name within a sentence: steam, not Steam; LNG and CO2 stay as they are."""
    return name[:1].lower() + name[1:] if name[1:2].islower() or name[1:2] == " " else name
