"""The mixes of a plan beside what their sinks accept, with names and on whose word."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from circularpark.account.blends import blends
from circularpark.park.standards import conversion, standards
from circularpark.solve.naming import flow_names, inside, item_names, text_names
from circularpark.words import LANGUAGES

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

_TO: Final = " → "


def blends_of(plan: Plan) -> pd.DataFrame:
    """Every mix of the last planning year that a limit speaks of, nearest to its limit first.

    Returns
    -------
    DataFrame as ``account.blends``, with name_zh, name_en (the sink), per_zh, per_en (the product
    that a limit counts against) and room (how much of the limit is left, as a share of it)
    """
    frame = blends(plan.account.book, plan.park.settings.years[-1])
    tables = plan.park.tables
    goods, sites = text_names(tables.commodities), text_names(tables.sites)
    things, flows = item_names(plan.problem.data), flow_names(tables)
    markets = text_names(tables.markets)
    for lang in LANGUAGES:
        called = []
        for row in frame.to_dict("records"):
            sink, good, site = (str(row[k]) for k in ("sink", "commodity", "site"))
            place = sites[site][lang] if site in sites else site
            alone = ";" not in good
            name = place if sink in flows else things.get(sink, {}).get(lang, place)
            if str(row["item"]) in markets:
                name = f"{markets[str(row['item'])][lang]} · {place}"
            called.append(f"{goods[good][lang]}{_TO}{name}" if alone and good in goods else name)
        twins = _shared(called, frame["sink"].tolist())
        frame[f"name_{lang}"] = [
            _apart(name, things.get(str(sink), {}).get(lang, str(sink))) if name in twins else name
            for name, sink in zip(called, frame["sink"], strict=True)
        ]
        named = [goods[p][lang] if p in goods else str(p) for p in frame["per"]]
        frame[f"per_{lang}"] = [inside(p) if lang == "en" else p for p in named]
    words = [_word(row) for row in frame.to_dict("records")]
    frame["source"] = [source for source, _ in words]
    frame["confidence"] = [confidence for _, confidence in words]
    frame["room"] = _room(frame)
    return frame.sort_values("room", kind="stable", ignore_index=True)


def _apart(name: str, thing: str) -> str:
    """The name of one of several sinks of a commodity at a site: by what it is there for."""
    return f"{name.partition(_TO)[0]}{_TO}{thing}"


def _shared(names: list[str], sinks: list[str]) -> set[str]:
    """Names that several sinks have, such as two demands of one commodity at one site."""
    of: dict[str, set[str]] = {}
    for name, sink in zip(names, sinks, strict=True):
        of.setdefault(name, set()).add(sink)
    return {name for name, own in of.items() if len(own) > 1}


def _word(row: dict[Hashable, Any]) -> tuple[str, str]:
    """Source and confidence: the standard's, unless the row has a number of its own."""
    known = standards().get(str(row["standard"]))
    own = (str(row["source"]), str(row["confidence"]))
    if known is None:
        return own
    factor = conversion(known["unit"], str(row["unit"]))
    for side in ("min", "max"):
        limit = float(known[side]) * factor if known[side] and factor else np.nan
        if not np.isclose(limit, row[side], equal_nan=True):
            return own
    return known["source"], known["confidence"]


def _room(frame: pd.DataFrame) -> pd.Series:
    """What is left to the nearer limit, as a share of that limit (of the mix, where it is 0)."""
    worst = frame["worst"].astype(float)
    shares = []
    for column, sign in (("min", -1.0), ("max", 1.0)):
        limit = frame[column].astype(float)
        size = limit.abs().where(limit != 0, worst.abs())
        left = sign * (limit - worst)
        tiny = 1e-9 * np.maximum(1.0, worst.abs())
        shares.append((left / size.where(size > 0, 1.0)).mask(left.abs() <= tiny, 0.0))
    return pd.concat(shares, axis=1).min(axis=1)
