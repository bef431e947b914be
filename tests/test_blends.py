"""The demo parks' plans send nothing that breaks a quality limit, worked out from their files.

Blends are summed here with nothing but the park's CSV files, the catalogue's standards and the
plan's table of matches: no code of the program, its account or its reader takes part.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

import circularpark
from circularpark import Plan

PARKS = Path(__file__).parents[1] / "parks"
CATALOGUE = Path(__file__).parents[1] / "src/circularpark/park/catalogue"
SHARES = {"%": 1e-2, "ppm": 1e-6, "mg/kg": 1e-6, "g/t": 1e-6, "mg/L": 1e-6, "kg/t": 1e-3}
FILLED = ("property", "min", "max", "unit", "per")
GRADED = ("huaining-cement", "anqing-hightech")
Rows = list[dict[str, str]]


@cache
def plan_of(name: str) -> Plan:
    return circularpark.solve(circularpark.read_park(name))


def rows_of(file: Path) -> Rows:
    with file.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


class Park:
    """What the files say of quality."""

    def __init__(self, name: str) -> None:
        folder = PARKS / name
        standards = {row["id"]: row for row in rows_of(CATALOGUE / "standards.csv")}
        self.quality = [
            {**row, **{c: row.get(c) or standards[row["standard"]][c] for c in FILLED}}
            if row.get("standard")
            else row
            for row in rows_of(folder / "quality.csv")
        ]
        self.technology = {r["id"]: r["technology"] for r in rows_of(folder / "processes.csv")}
        recipes = rows_of(CATALOGUE / "recipes.csv")
        own = rows_of(folder / "recipes.csv") if (folder / "recipes.csv").exists() else []
        replaced = {row["technology"] for row in own}
        self.recipes = own + [row for row in recipes if row["technology"] not in replaced]

    def content(self, source: str, commodity: str, name: str) -> float:
        """The property of what a source gives, in its base unit; a missing one is an error."""
        item = source.split("@")[0]
        items = [item, self.technology.get(item, "")]
        for row in self.quality:
            fits = row["commodity"] in ("", commodity)
            if row["item"] in items and fits and row["property"] == name and row["value"]:
                return float(row["value"]) * SHARES.get(row["unit"], 1.0)
        raise AssertionError(f"{source} does not tell {name}")

    def tells(self, source: str, commodity: str, name: str) -> bool:
        try:
            self.content(source, commodity, name)
        except AssertionError:
            return False
        return True


@pytest.mark.parametrize("name", GRADED)
def test_no_blend_breaks_a_limit(name: str) -> None:
    plan, park = plan_of(name), Park(name)
    judged = 0
    for rule in (row for row in park.quality if row["min"] or row["max"]):
        plants = [p for p, t in park.technology.items() if rule["item"] in (p, t)]
        for item in plants or [rule["item"]]:
            mix = mixed(plan, park, rule, item, whole=not plants)
            if mix is None:
                continue
            judged += 1
            unit = SHARES.get(rule["unit"], 1.0)
            room = 1e-6 * (abs(mix) + unit)
            if rule["max"]:
                assert mix <= float(rule["max"]) * unit + room, (item, rule["property"])
            if rule["min"]:
                assert mix >= float(rule["min"]) * unit - room, (item, rule["property"])
    assert judged >= 15


def mixed(plan: Plan, park: Park, rule: dict[str, str], item: str, *, whole: bool) -> float | None:
    """What arrives of a property, for each unit that arrives or that the limit counts against."""
    arriving = brought = 0.0
    for flow in arrivals(plan, item):
        good, name = commodity_of(plan, park, flow), rule["property"]
        source, amount = str(flow["source"]), float(str(flow["arrives"]))
        # A blank commodity of a process is the mix of all inputs that have the property.
        apart = not whole and not rule["commodity"] and not park.tells(source, good, name)
        if apart or rule["commodity"] not in ("", good):
            continue
        arriving += amount
        brought += amount * park.content(source, good, name)
    if rule.get("per"):
        assert per_activity(park, item, rule["per"]) == 1.0
        activity = plan.activity
        arriving = float(activity.loc[activity["process"] == item, "value"].sum())
    return brought / arriving if arriving > 1e-6 else None


def arrivals(plan: Plan, item: str) -> list[dict[str, object]]:
    """The matches that end at an item, with what is left of them on arrival."""
    rows = plan.matched[plan.matched["value"] > 0]
    rows = rows[rows["sink"].str.split("@").str[0] == item]
    links = plan.problem.data.blocks.links.set_index("id")
    lost = links["loss"].reindex(rows["link"]).fillna(0.0).to_numpy()
    return rows.assign(arrives=rows["value"] * (1 - lost)).to_dict("records")


def commodity_of(plan: Plan, park: Park, flow: dict[str, object]) -> str:
    """What is sent: the link says it, a sink with several inputs does, or the thing itself."""
    link, sink = str(flow["link"]), str(flow["sink"])
    if link:
        return link.split("@")[0]
    tables = plan.park.tables
    for part in sink.split("@")[1:]:
        if part in set(tables.commodities["id"]):
            return part
    for table in ("demands", "markets"):
        frame = getattr(tables, table)
        own = frame.loc[frame["id"] == sink.split("@")[0], "commodity"]
        if len(own):
            return str(own.iloc[0])
    inputs = {
        row["commodity"]
        for row in park.recipes
        if row["technology"] == park.technology[sink.split("@")[0]] and float(row["rate"]) < 0
    }
    source = str(flow["source"]).split("@")[0]
    for table in ("streams", "markets"):
        frame = getattr(tables, table)
        own = frame.loc[frame["id"] == source, "commodity"]
        if len(own):
            return str(own.iloc[0])
    outputs = {
        row["commodity"]
        for row in park.recipes
        if row["technology"] == park.technology[source] and float(row["rate"]) > 0
    }
    (good,) = inputs & outputs
    return good


def per_activity(park: Park, plant: str, product: str) -> float:
    return sum(
        float(row["rate"])
        for row in park.recipes
        if row["technology"] == park.technology[plant] and row["commodity"] == product
    )


@pytest.mark.parametrize("name", GRADED)
def test_the_judge_finds_the_same(name: str) -> None:
    plan = plan_of(name)
    assert plan.certificate.ok
    families = {family.name: family for family in plan.judged.check.families}
    for family in ("source", "sink", "quality"):
        assert len(families[family].index), family
        assert families[family].worst <= 1e-6
    # What is shown beside the limits lies within them.
    shown = plan.blends
    assert (shown["worst"] <= shown["max"].fillna(float("inf")) + 1e-6 * shown["worst"].abs()).all()
    assert (shown["room"] >= -1e-6).all()
