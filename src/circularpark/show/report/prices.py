"""Shadow prices in words: what more room in a limit is worth, what is scarce, what is a burden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pandas as pd

from circularpark.show.figures import spoken_unit, unit_words
from circularpark.show.numbers import money, number
from circularpark.show.scene import names
from circularpark.studies.prices import price_unit, prices
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan

MOST: Final = 4
# A limit whose room is worth less than this share of the objective's money is not worth words.
_SPEAKS: Final = 1e-9


def relaxed(plan: Plan, lang: Language) -> Iterator[str]:
    """What one more unit of room is worth, of each limit that holds the plan back."""
    found = prices(plan)
    found = found[(found["kind"] == "limit") & (found["price"] > _SPEAKS)]
    rows = plan.park.tables.limits.drop_duplicates("id").set_index("id")
    order = (found["price"] * found["size"]).sort_values(ascending=False, kind="stable").index
    for limit in found.loc[order].to_dict("records"):
        row = rows.loc[limit["item"]]
        label = str(row[f"label_{lang}"]) or str(row["label_zh"]) or str(limit["item"])
        unit = spoken_unit(str(limit["per"]), lang)
        yield say(
            "report.text.relaxed", lang, label=label, unit=unit,
            value=_worth(float(limit["price"]), price_unit(plan), lang),
        )  # fmt: skip


def scarce(plan: Plan, lang: Language) -> Iterator[str]:
    """What is scarce and what is a burden: at the site where the price is highest."""
    found = prices(plan)
    found = found[(found["kind"] == "balance") & (found["size"] > 0)]
    found = found.assign(weight=(found["price"] * found["size"]).abs())
    tables = plan.park.tables
    sites = _called(tables.sites, lang, "show.map.unnamed_site")
    goods = _called(tables.commodities, lang, "show.map.unnamed_commodity")
    for key, part in (("scarce", found["price"] > 0), ("burden", found["price"] < 0)):
        rows = found[part].sort_values("weight", ascending=False, kind="stable")
        rows = rows.drop_duplicates("commodity").head(MOST)
        told = [
            say(
                f"report.text.{key}_one", lang,
                commodity=goods[str(row["commodity"])], site=sites[str(row["site"])],
                value=_worth(abs(float(row["price"])), price_unit(plan), lang),
                unit=spoken_unit(str(row["per"]), lang),
            )
            for row in rows.to_dict("records")
        ]  # fmt: skip
        if told:
            yield say(f"report.text.{key}", lang, list=say("report.join", lang).join(told))


def _worth(value: float, unit: str, lang: Language) -> str:
    """An amount of money, or of the objective's own unit."""
    if unit_words(unit, lang) != unit or len(unit) == 3:
        return money(value, unit, lang)
    return f"{number(value)} {unit}"


def _called(frame: pd.DataFrame, lang: Language, unnamed: str) -> dict[str, str]:
    return dict(zip(frame["id"].astype(str), names(frame, lang, unnamed), strict=True))
