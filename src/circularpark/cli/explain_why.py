"""Why a plan does not use a thing, in sentences: for one thing, or for all of a park."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from circularpark.cli.numbers import amount, figures, unit_name
from circularpark.solve.naming import item_names, text_names
from circularpark.words import Language, say

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.solve.plan import Plan
    from circularpark.studies.why_impossible import Obstacle
    from circularpark.studies.why_not import Lever, WhyNot

_MOST_ROWS: Final = 30
_MOST_LEVERS: Final = 2
_MOST_PAIRS: Final = 5


def why_lines(plan: Plan, item: str, lang: Language) -> list[str] | None:
    """Why a link, process or store is not used; that it is; None for anything else."""
    from circularpark.studies.why_not import WhyNots

    every = WhyNots(plan)
    if item not in every.kinds:
        return None
    if item not in every.idle:
        return [say("why.chosen", lang)]
    return sentences(plan, every.of(item), lang)


def pruned_lines(plan: Plan, item: str, lang: Language) -> list[str] | None:
    """Why two sites have no candidate link of that id; None where no such pair is."""
    from circularpark.studies.why_impossible import pruned

    pairs = pruned(plan)
    own = pairs[pairs["link"] == item]
    return [_pair(plan, own.iloc[0].to_dict(), lang)] if len(own) else None


def all_lines(plan: Plan, lang: Language) -> list[str]:
    """Every idle thing of a park, the nearest to being chosen first; pairs without candidate."""
    from circularpark.studies.why_impossible import pruned
    from circularpark.studies.why_not import WhyNots

    every = WhyNots(plan)
    found = sorted(every.all(), key=_nearness)
    names = item_names(plan.problem.data)
    park = plan.park.name.get(lang) or plan.park.id
    lines = [say("why.title", lang, park=park, count=len(found)), ""]
    for why in found[:_MOST_ROWS]:
        lines.append(names.get(why.item, {}).get(lang, why.item))
        lines += [f"   {line}" for line in sentences(plan, why, lang, most=_MOST_LEVERS)]
    if len(found) > _MOST_ROWS:
        lines.append(say("why.more", lang, count=len(found) - _MOST_ROWS))
    lines += ["", *_pruned(plan, pruned(plan), lang), say("why.solved", lang, solves=every.solves)]
    return lines


def all_answer(plan: Plan, lang: Language) -> dict[str, Any]:
    """The same for a program, all of it."""
    from circularpark.studies.why_impossible import pruned
    from circularpark.studies.why_not import WhyNots

    every = WhyNots(plan)
    idle = [w.as_dict() | {"lines": sentences(plan, w, lang)} for w in every.all()]
    pairs = pruned(plan).astype(object)
    rows = pairs.where(pairs.notna(), None).to_dict("records")
    return {"idle": idle, "no_candidate": rows, "solves": every.solves}


def sentences(plan: Plan, why: WhyNot, lang: Language, most: int | None = None) -> list[str]:
    """What an idle thing lacks, and what would have it chosen, each tried by solving again."""
    if why.obstacle is not None:
        return [_obstacle(plan, why.obstacle, lang)]
    if why.equal:
        return [say("why.equal", lang)]
    currency = plan.park.settings.currency
    told = {
        "per": _unit(why, lang),
        "lacks": amount(why.lacks, why.unit, lang, currency),
    }
    lines = [say("why.lacks_money" if why.unit == currency else "why.lacks", lang, **told)]
    levers = list(why.levers)
    lines += [_lever(plan, why, lever, lang) for lever in levers[:most]]
    if most is None:
        lines += _vain(plan, why, lang)
    return lines if levers or most is None else [*lines, say("why.none_alone", lang)]


def _unit(why: WhyNot, lang: Language) -> str:
    """The unit of which each falls short, within a sentence; Chinese stands close to its words."""
    if why.per == "t":
        return say("why.tonne", lang)
    name = unit_name(why.per, lang)
    return f" {name} " if lang == "zh" and name.isascii() else name


def _vain(plan: Plan, why: WhyNot, lang: Language) -> list[str]:
    """Which of capital and distance is not what it lacks."""
    tried = {lever.kind for lever in why.levers}
    lines = []
    links = plan.problem.data.blocks.links.set_index("id")["km"]
    if why.item in links.index and "distance" not in tried:
        lines.append(say("why.distance_alone", lang, now=figures(float(links.loc[why.item]))))
    if "capital" not in tried and _costs_to_build(plan, why.item):
        lines.append(say("why.capital_alone", lang))
    return lines


def _costs_to_build(plan: Plan, item: str) -> bool:
    data = plan.problem.data
    own = data.item.key["item"] == item
    return bool((data.item.capex[own] > 0).any() or (data.item.capex_fixed[own] > 0).any())


def _lever(plan: Plan, why: WhyNot, lever: Lever, lang: Language) -> str:
    currency = plan.park.settings.currency
    told: dict[str, Any] = {
        "amount": amount(lever.amount, why.capacity_unit, lang),
        "per": _unit(why, lang),
        "share": figures(-100 * lever.change) if lever.now else "",
        "value": figures(lever.value),
        "now": figures(lever.now),
    }
    if lever.kind == "price":
        told["value"] = amount(lever.value, why.unit, lang, currency)
    elif lever.kind == "carbon":
        told |= {k: amount(getattr(lever, k), currency, lang, currency) for k in ("value", "now")}
    elif lever.kind == "limit":
        told |= _limit(plan, lever, lang)
    return say(f"why.{lever.kind}", lang, **told)


def _limit(plan: Plan, lever: Lever, lang: Language) -> dict[str, str]:
    """A limit's name and its two values, in its unit; a ratio is shown as what it comes to."""
    limits = plan.park.tables.limits
    row = limits[limits["id"] == lever.limit].iloc[0]
    measures = plan.park.tables.measures
    units = dict(zip(measures["id"], measures["unit"], strict=True))
    unit, currency = str(row["unit"]), plan.park.settings.currency
    if unit in ("1", "%", ""):
        unit = str(units.get(row["measure"], ""))
    return {
        "limit": _limit_name(plan, lever.limit, lang),
        "value": amount(lever.value, unit, lang, currency),
        "now": amount(lever.now, unit, lang, currency),
    }


def _limit_name(plan: Plan, limit: str, lang: Language) -> str:
    limits = plan.park.tables.limits
    own = limits[limits["id"] == limit]
    return str(own[f"label_{lang}"].iloc[0] or limit) if len(own) else limit


def _obstacle(plan: Plan, found: Obstacle, lang: Language) -> str:
    told = {k: figures(v) if isinstance(v, float) else v for k, v in found.facts.items()}
    tables = plan.problem.data.blocks.first
    for key, table in (("site", tables.sites), ("commodity", tables.commodities)):
        if key in told:
            names = text_names(table)
            told[key] = names.get(str(told[key]), {}).get(lang, str(told[key]))
    if "limits" in told:
        joint = "、" if lang == "zh" else ", "
        told["limits"] = joint.join(_limit_name(plan, n, lang) for n in told["limits"])
    return say(f"why.{found.kind}", lang, **told)


def _nearness(why: WhyNot) -> tuple[int, float]:
    """Equal optima first, then by the smallest change that would do; the impossible last."""
    if not why.possible:
        return (3, 0.0)
    if why.equal:
        return (0, 0.0)
    changes = [abs(lever.change) for lever in why.levers if lever.now]
    return (1, min(changes)) if changes else (2, why.lacks)


def _pruned(plan: Plan, pairs: pd.DataFrame, lang: Language) -> list[str]:
    if not len(pairs):
        return []
    counts = {
        k: int((pairs["reason"] == k).sum())
        for k in ("too_far", "hazard", "licence", "lost", "unplaced")
    }
    lines = [say("why.pruned", lang, count=len(pairs), **counts)]
    for row in pairs.head(_MOST_PAIRS).to_dict("records"):
        told = {"link": _ends(plan, row, lang), "reason": _pair(plan, row, lang)}
        lines.append(f"   {say('why.near_pair', lang, **told)}")
    return lines


def _ends(plan: Plan, row: dict[Any, Any], lang: Language) -> str:
    tables = plan.problem.data.blocks.first
    sites, goods = text_names(tables.sites), text_names(tables.commodities)
    good = goods.get(row["commodity"], {}).get(lang, row["commodity"])
    start, end = (sites.get(row[side], {}).get(lang, row[side]) for side in ("from", "to"))
    return f"{good}: {start} → {end}"


def _pair(plan: Plan, row: dict[Any, Any], lang: Language) -> str:
    tables = plan.problem.data.blocks.first
    goods = text_names(tables.commodities)
    told = {
        "km": figures(row["km"]),
        "max_km": figures(row["max_km"]),
        "hazard": row["hazard"],
        "commodity": goods.get(row["commodity"], {}).get(lang, row["commodity"]),
    }
    return say(f"why.{row['reason']}", lang, **told)
