"""Synthetic scenes: a large park, a small one, and one with works far outside."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, Polygon, box

from circularpark.show.scene import Outcome, Scene, Summary

LON, LAT = 117.02, 30.52
KINDS = (
    ("热电厂", "CHP plant", 3),
    ("炼化", "Refinery", 2),
    ("钢铁", "Steelworks", 2),
    ("水泥", "Cement", 2),
    ("造纸", "Paper mill", 3),
    ("印染", "Textile dyeing", 4),
    ("食品", "Food", 5),
    ("制药", "Pharma", 3),
    ("化肥", "Fertiliser", 2),
    ("氯碱", "Chlor-alkali", 2),
    ("玻璃", "Glass", 2),
    ("建材", "Building materials", 3),
    ("温室农业", "Greenhouse", 2),
    ("污水处理", "Wastewater plant", 2),
    ("供热站", "District heating", 2),
    ("石膏板", "Plasterboard", 1),
)
COMMODITIES = (
    ("hp_steam", "高压蒸汽", "High-pressure steam", "heat", "GJ", 90.0),
    ("lp_steam", "低压蒸汽", "Low-pressure steam", "heat", "GJ", 120.0),
    ("hot_water", "热水/余热", "Hot water", "heat", "GJ", 130.0),
    ("off_gas", "煤气/副产气", "Off-gas", "gas", "GJ", 110.0),
    ("hydrogen", "氢气", "Hydrogen", "gas", "t", 18.0),
    ("co2_gas", "二氧化碳", "Carbon dioxide", "gas", "t", 24.0),
    ("fly_ash", "粉煤灰", "Fly ash", "waste", "t", 40.0),
    ("slag", "矿渣/钢渣", "Slag", "waste", "t", 90.0),
    ("reclaimed_water", "再生水", "Reclaimed water", "water", "t", 60.0),
    ("sludge", "污泥/有机废物", "Sludge", "waste", "t", 25.0),
)
TRANSPORTS = {"heat": "steam_pipe", "gas": "gas_pipe", "waste": "truck", "water": "water_main"}


def degrees(x: object, y: object) -> tuple[np.ndarray, np.ndarray]:
    """Kilometres east and north of the park's middle as degrees."""
    lon = LON + np.asarray(x, float) / (111.32 * np.cos(np.radians(LAT)))
    return lon, LAT + np.asarray(y, float) / 110.9


def site_rows(count: int, seed: int, wide: float = 6.0, high: float = 3.4) -> pd.DataFrame:
    """``count`` sites on a jittered lattice."""
    rng = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(count * wide / high)))
    rows = int(np.ceil(count / columns))
    spots = [(c, r) for r in range(rows) for c in range(columns)][:count]
    xy = np.array(spots, float) + rng.uniform(-0.22, 0.22, (count, 2))
    x = (xy[:, 0] / max(columns - 1, 1) - 0.5) * wide
    y = (xy[:, 1] / max(rows - 1, 1) - 0.5) * high
    lon, lat = degrees(x, y)
    called = [(f"{zh}{n}号", f"{en} {n}") for zh, en, many in KINDS for n in range(1, many + 1)]
    order = rng.permutation(len(called))
    picked = [called[order[i % len(order)]] for i in range(count)]
    return pd.DataFrame(
        {
            "id": [f"s{i}" for i in range(count)],
            "name_zh": [zh for zh, _ in picked],
            "name_en": [en for _, en in picked],
            "company": "",
            "sector": "",
            "zone": "",
            "lon": lon,
            "lat": lat,
            "geometry": [Point(a, b) for a, b in zip(lon, lat, strict=True)],
            "coordinates": "surveyed",
        }
    )


def flow_rows(sites: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """``count`` flows with long-tailed amounts, near neighbours more often than far ones."""
    rng = np.random.default_rng(seed)
    rows = []
    seen: set[tuple[int, int, int]] = set()
    while len(rows) < count:
        a, b = rng.choice(len(sites), 2, replace=False)
        c = int(rng.integers(len(COMMODITIES)))
        distance = np.hypot(
            (sites["lon"][a] - sites["lon"][b]) * 95.9, (sites["lat"][a] - sites["lat"][b]) * 110.9
        )
        if (a, b, c) in seen or rng.random() > np.exp(-distance / 2.2) + 0.03:
            continue
        seen.add((a, b, c))
        commodity, zh, en, kind, unit, size = COMMODITIES[c]
        amount = size * float(rng.pareto(1.4) + 0.05) * 0.12
        amount = min(amount, size * 1.4)
        new = bool(rng.random() < 0.45)
        rows.append(
            {
                "id": f"{commodity}@s{a}@s{b}",
                "from": f"s{a}",
                "to": f"s{b}",
                "commodity": commodity,
                "name_zh": zh,
                "name_en": en,
                "kind": kind,
                "unit": unit,
                "amount": amount,
                "annual": amount * 8000,
                "km": distance * 1.3,
                "transport": TRANSPORTS[kind],
                "new": new,
                "capex": amount * 9e4 if new else 0.0,
                "cost": -amount * 3e4,
                "co2": -amount * 260,
                "status": "new" if new else "today",
            }
        )
    return pd.DataFrame(rows)


def layers(wide: float = 7.4, high: float = 4.6) -> dict[str, list]:
    """A river, a lake shore, roads and plots around the middle."""

    def line(points: list[tuple[float, float]]) -> LineString:
        x, y = zip(*points, strict=True)
        return LineString(list(zip(*degrees(x, y), strict=True)))

    xs, ys = np.linspace(-wide / 2, wide / 2, 9), np.linspace(-high / 2, high / 2 - 0.5, 6)
    bend = np.sin(np.linspace(0, 6, 60)) * 0.18
    shore = [(x, high / 2 - 0.45 + b) for x, b in zip(np.linspace(-5, 5, 60), bend, strict=True)]
    lake = Polygon(line([*shore, (5, 5), (-5, 5)]))
    river = line([(x, -0.6 + 0.25 * np.sin(x * 1.1)) for x in np.linspace(-5, 5, 80)]).buffer(
        0.0011
    )
    roads = [line([(x, ys[0]), (x + 0.05, ys[-1])]) for x in xs] + [
        line([(xs[0], y), (xs[-1], y)]) for y in ys
    ]
    plots = [
        box(*np.ravel(np.column_stack(degrees([x0 + 0.06, x1 - 0.06], [y0 + 0.06, y1 - 0.06]))))
        for x0, x1 in pairwise(xs)
        for y0, y1 in pairwise(ys)
    ]
    return {
        "water": [(lake, {}), (river, {})],
        "roads": [(road, {}) for road in roads],
        "plots": [(plot, {}) for plot in plots],
    }


def summary() -> Summary:
    return Summary(
        today=Outcome(2_310_000, 1.42e9),
        best_operation=Outcome(2_180_000, 1.35e9),
        plan=Outcome(1_640_000, 1.39e9),
        cost_per_tonne=74.0,
    )


def large_scene(flows: int = 80, **more: object) -> Scene:
    """40 sites and, by default, 80 flows, with a baseline to compare with."""
    sites = site_rows(40, 7)
    drawn = flow_rows(sites, flows, 3)
    baseline = drawn[~drawn["new"]].copy()
    rng = np.random.default_rng(5)
    baseline["amount"] *= rng.choice([1.0, 1.0, 0.6, 1.5], len(baseline))
    baseline = pd.concat([baseline, flow_rows(sites, 8, 99)], ignore_index=True)
    builds = drawn[drawn["new"]].head(5)
    built = pd.DataFrame(
        {
            "item": builds["id"],
            "name_zh": builds["name_zh"] + "管线",
            "name_en": builds["name_en"] + " line",
            "site": builds["from"],
            "year": 2027,
            "capacity": builds["amount"],
            "unit": builds["unit"] + "/h",
            "capex": builds["capex"],
        }
    )
    given = {
        "park": {"zh": "滨江循环经济园", "en": "Riverside Circular Park"},
        "sites": sites,
        "flows": drawn,
        "layers": layers(),
        "builds": built,
        "summary": summary(),
        "baseline": baseline,
    }
    return Scene(**(given | more))  # type: ignore[arg-type]


def far_scene() -> Scene:
    """20 sites within 4 km and five works 15 to 40 km away; no base map; approximate positions."""
    sites = site_rows(25, 11, 3.8, 2.4)
    away = [(24.0, 16.0), (-31.0, 8.0), (-29.0, 6.5), (6.0, -38.0), (6.0, 14.0)]
    lon, lat = degrees(*zip(*away, strict=True))
    sites.loc[20:, "lon"], sites.loc[20:, "lat"] = lon, lat
    sites["geometry"] = None
    sites["coordinates"] = "approximate"
    near = flow_rows(sites.iloc[:20].reset_index(drop=True), 38, 4)
    rng = np.random.default_rng(2)
    links = []
    for far in range(20, 25):
        for core in rng.choice(20, 2, replace=False):
            row = near.iloc[int(rng.integers(len(near)))].to_dict() | {
                "amount": float(rng.uniform(5, 60))
            }
            ends = (f"s{core}", f"s{far}") if far % 2 else (f"s{far}", f"s{core}")
            links.append(
                row
                | {
                    "from": ends[0],
                    "to": ends[1],
                    "km": float(rng.uniform(15, 45)),
                    "transport": "truck",
                }
            )
    flows = pd.concat([near, pd.DataFrame(links)], ignore_index=True)
    return Scene(
        park={"zh": "江北化工园", "en": "North Bank Chemical Park"},
        sites=sites,
        flows=flows,
        summary=summary(),
    )


def small_scene() -> Scene:
    """Five sites and four flows."""
    sites = site_rows(5, 3, 1.6, 1.0)
    return Scene(
        park={"zh": "小园区", "en": "Small Park"}, sites=sites, flows=flow_rows(sites, 4, 8)
    )
