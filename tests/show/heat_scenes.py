"""Heat loads to draw: published stream sets, a total site with steam levels."""

from __future__ import annotations

import pandas as pd
from tests.account import heat_cases
from tests.account.test_targets import ONE
from tests.known.building import read_case

from circularpark.account.heat_grid import Loads, together
from circularpark.account.levels import Level, site_target
from circularpark.show.heat_charts import composite_chart, grand_chart, total_site_chart
from circularpark.show.scene import Theme
from circularpark.show.sheet import Picture
from circularpark.words import Language

SINGLE = (
    "heat_kemp_four_stream",
    "heat_aromatics_plant",
    "heat_4SP1",
    "heat_colberg_morari_7",
    "heat_op_refinery",
    "heat_op_pulp_mill",
    "heat_op_liu_et_al",
)
SITES = ("ts_liu_et_al", "ts_pavao_et_al_example_2", "ts_chew_et_al")
STEAM = {
    "zh": ["高压蒸汽", "中压蒸汽", "低压蒸汽", "热水"],
    "en": ["high-pressure steam", "medium-pressure steam", "low-pressure steam", "hot water"],
}


def single(name: str) -> Loads:
    """All streams of a case as one cascade."""
    case = read_case(name)
    return together([heat_cases.loads(case["streams"], case.get("dt_min"))])


def site(name: str, lang: Language) -> tuple[list[Loads], pd.DataFrame]:
    """The zones of a case, and its steam levels as if a plan used them as far as can be."""
    case = read_case(name)
    zones = [heat_cases.loads(streams, zone=zone) for zone, streams in case["zones"].items()]
    both = [u for u in case["utilities"] if u["type"] == "Both"]
    levels = [Level(u["name"], u["temp"] + u["dt_cont"], u["temp"] - u["dt_cont"]) for u in both]
    frame = site_target(zones, levels, ONE).carriers
    names = [f"{STEAM[lang][min(k, 3)]}" for k in range(len(frame))]
    return zones, frame.assign(
        name=names, plan_raised=frame["could_raise"] / 3, plan_used=frame["could_use"] / 3
    )


def pictures(lang: Language, theme: Theme = "light") -> list[Picture]:
    """Every kind of picture of every case."""
    name = {"zh": "安庆高新区示范装置", "en": "Example works of the park"}[lang]
    found = []
    for case in SINGLE:
        loads = single(case)
        found += [chart(loads, name, lang, theme) for chart in (composite_chart, grand_chart)]
    for case in SITES:
        zones, carriers = site(case, lang)
        found.append(total_site_chart(zones, carriers, name, lang, theme))
    return found
