"""What things are called and in which unit they are counted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from circularpark.park.model import Tables
from circularpark.program.data import Data
from circularpark.program.exchangers import exchanger_frame
from circularpark.words import LANGUAGES, Language, say

Names = dict[str, dict[str, str]]


def text_names(frame: pd.DataFrame) -> Names:
    """id -> {"zh", "en"}; a blank name takes the other language's, else the id."""
    found: Names = {}
    for row in frame[["id", "name_zh", "name_en"]].itertuples(index=False):
        zh, en = str(row.name_zh), str(row.name_en)
        found[str(row.id)] = {"zh": zh or en or str(row.id), "en": en or zh or str(row.id)}
    return found


def flow_names(tables: Tables) -> Names:
    """Names of streams and demands without their sites: their own, else built from what is known.

    A built name is the commodity's, with the temperatures of heat; of several alike at one site
    each further one has a number.
    """
    goods, found = text_names(tables.commodities), {}
    for table in ("streams", "demands"):
        frame = getattr(tables, table)
        taken: dict[tuple[str, str, str], int] = {}
        for row in frame.to_dict("records"):
            names: dict[str, str] = {}
            for lang in LANGUAGES:
                own = str(row[f"name_{lang}"]) or str(row["name_zh"]) or str(row["name_en"])
                name = own or _built(table, row, goods, lang)
                key = (str(row["site"]), name, lang)
                taken[key] = taken.get(key, 0) + 1
                again = {"name": name, "number": taken[key]}
                names[lang] = name if taken[key] == 1 else say("solve.flow.again", lang, **again)
            found[str(row["id"])] = names
    return found


def _built(table: str, row: Mapping[Hashable, Any], goods: Names, lang: Language) -> str:
    """A commodity's name, and from which to which temperature its heat is given or wanted."""
    name = _of(goods, str(row["commodity"]), lang)
    ends = [float(row[end]) for end in ("supply_temp", "target_temp")]
    given = [f"{end:.4g}" for end in ends if not np.isnan(end)]
    if not given:
        return say(f"solve.flow.{table}", lang, name=name)
    span = " → ".join(dict.fromkeys(given))
    return say(f"solve.flow.{table}_heat", lang, name=name, span=span)


def row_names(tables: Tables) -> Names:
    """Names of the rows of every table that has ids: what a person calls them, with their sites."""
    found: Names = {}
    for name in ("sites", "commodities", "technologies", "measures", "markets", "operations"):
        found |= text_names(getattr(tables, name))
    sites = {name: words for name, words in found.items() if name in set(tables.sites["id"])}
    flows = flow_names(tables)
    for name in ("streams", "demands"):
        for row in getattr(tables, name)[["id", "site"]].itertuples(index=False, name=None):
            found[str(row[0])] = {
                k: f"{flows[row[0]][k]} · {_of(sites, row[1], k)}" for k in LANGUAGES
            }
    for row in tables.processes[["id", "of", "site", "technology"]].to_dict("records"):
        called = found.get(str(row["technology"]), {})
        found[str(row["of"])] = dict(called) or {k: str(row["technology"]) for k in LANGUAGES}
        found[str(row["id"])] = {
            k: f"{found[str(row['of'])][k]} · {_of(sites, row['site'], k)}" for k in LANGUAGES
        }
    for row in tables.storages[["id", "site", "commodity"]].to_dict("records"):
        found[str(row["id"])] = {
            k: f"{_of(found, row['commodity'], k)} · {_of(sites, row['site'], k)}"
            for k in LANGUAGES
        }
    for row in tables.links[["id", "from", "to", "commodity"]].to_dict("records"):
        found[str(row["id"])] = {
            k: f"{_of(found, row['commodity'], k)}: {_of(sites, row['from'], k)}"
            f" → {_of(sites, row['to'], k)}"
            for k in LANGUAGES
        }
    for row in tables.limits[["id", "label_zh", "label_en"]].to_dict("records"):
        zh, en = str(row["label_zh"]), str(row["label_en"])
        found[str(row["id"])] = {"zh": zh or en or str(row["id"]), "en": en or zh or str(row["id"])}
    return found


def item_names(data: Data) -> Names:
    """Names of processes, storages, links, streams, demands and operations, each with its site."""
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
    flows = flow_names(tables)
    for frame in (tables.streams, tables.demands):
        for name, site in frame[["id", "site"]].itertuples(index=False, name=None):
            found[str(name)] = {
                k: f"{flows[str(name)][k]} · {_of(sites, site, k)}" for k in LANGUAGES
            }
    called = text_names(tables.operations)
    for name, site in tables.operations[["id", "site"]].itertuples(index=False, name=None):
        found[str(name)] = {k: f"{called[str(name)][k]} · {_of(sites, site, k)}" for k in LANGUAGES}
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
