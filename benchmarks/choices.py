"""Candidate pipes with a cost that is paid once, over a day: what gap is left after how long.

``python -m benchmarks.choices SOURCES SINKS SECONDS [GOODS]``: a square of sites, every source may
be joined to every sink; what no pipe brings is bought. With several goods each has its own sources
among the same sites, and the others want it. The figures of the park are made up. The time limit
is the solver's (SECONDS by the clock); what is printed is processor time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import circularpark
from circularpark.solve.profile import read_profile

TOML = """\
[park]
id = "choices"
name = "choices"
currency = "CNY"
price_year = 2025
discount_rate = 0.06
catalogue = false

[time]
years = [2025]
mode = "hours"

[objective]
minimise = "cost"
then = []
"""
HOURS = 24
SHAPES = 6
TRANSPORT = (
    "id,commodity,max_km,loss_per_km,capex_per_km,capex_fixed_per_km,fixed_om,lifetime",
    "pipe{more},{good},99,0.02,20000,2000000,0.02,20",
)


def write(folder: Path, sources: int, sinks: int, seed: int = 1, goods: int = 1) -> Path:
    """Write the park: goods offered and wanted by shapes of the day that differ in phase."""
    draw = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(sources + sinks)))
    sites = [f"g{i}" for i in range(sources)] + [f"t{i}" for i in range(sinks)]
    at = draw.permutation(side * side)[: len(sites)]
    names = [f"h{h}" for h in range(HOURS)]
    waves = {
        f"p{k}": 1
        + 0.5 * np.sin(2 * np.pi * (np.arange(HOURS) + 4 * k) / HOURS)
        + 0.1 * draw.random(HOURS)
        for k in range(SHAPES)
    }

    def rows(letter: str, own: list[str], good: str) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "id": [f"{letter}{site}{good[5:] and '_' + good[5:]}" for site in own],
                "site": own,
                "commodity": good,
                "amount": draw.uniform(2, 12, len(own)).round(2),
                "unit": "MW",
                "profile": [f"p{k}" for k in draw.integers(0, SHAPES, len(own))],
            }
        )

    names_of_goods = ["steam", *(f"steam{k}" for k in range(2, goods + 1))]
    offered, wanted = [], []
    for k, good in enumerate(names_of_goods):
        turned = sites if k == 0 else [sites[i] for i in draw.permutation(len(sites))]
        offered.append(rows("s", turned[:sources], good))
        wanted.append(rows("d", turned[sources:], good))
    tables = {
        "sites": pd.DataFrame(
            {"id": sites, "lon": 117 + 0.005 * (at % side), "lat": 30.5 + 0.005 * (at // side)}
        ),
        "streams": pd.concat(offered).assign(surplus="free"),
        "demands": pd.concat(wanted),
        "periods": pd.DataFrame({"period": names, "year": 2025, "hours": 1, "weight": 365}),
        "profiles": pd.DataFrame({"period": names, **waves}),
    }
    texts = {name: frame.to_csv(index=False) for name, frame in tables.items()}
    lines = {
        "commodities": ("id,kind,unit", "{good},energy,MWh"),
        "markets": ("id,site,commodity,direction,price", "boiler{more},*,{good},buy,25"),
        "transports": (TRANSPORT[0], TRANSPORT[1]),
    }
    for name, (head, line) in lines.items():
        each = [line.format(good=good, more=good[5:]) for good in names_of_goods]
        texts[name] = "\n".join([head, *each]) + "\n"
    (folder / "park.toml").write_text(TOML, encoding="utf-8")
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def main(sources: int, sinks: int, seconds: float, goods: int = 1) -> None:
    """Solve once within the time and print what was found and what is proven of it."""
    profile = read_profile()
    asked = {**profile.options, "time_limit": seconds, "mip_rel_gap": 1e-4}
    with tempfile.TemporaryDirectory() as folder:
        park = circularpark.read_park(write(Path(folder), sources, sinks, goods=goods))
        begun = time.process_time()
        plan = circularpark.solve(park, solver=replace(profile, options=asked))
        spent = time.process_time() - begun
    told, proof = plan.summary()["certificate"], plan.certificate.stages[0]
    many = f"{goods * sources * sinks} candidate pipes, {goods} good(s), {HOURS} periods"
    print(f"{many}: {spent:.0f} CPU s, {plan.timing['solve']:.0f} s of solving by the clock")
    print(f"cost {proof.value:.0f}, bound {proof.best_bound:.0f}, gap {told['mip_gap']:.2e}")
    print(f"certified {told['ok']}, opened {plan.open['value'].sum():g}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), *map(int, sys.argv[4:5]))
