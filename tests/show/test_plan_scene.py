"""A plan as a scene: what flows in each year, day and hour is what the plan says."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import circularpark
from circularpark.park.folder import demo_folder
from circularpark.show import draw_flow_map, flow_map
from circularpark.show.plan_scene import flow_table, scene_of


def toy(folder: Path, *changes: tuple[str, str, str], profiles: str = "") -> circularpark.Plan:
    """The plan of the toy park with changes in its files: (file, text, what stands instead)."""
    shutil.copytree(demo_folder() / "toy", folder / "toy")
    for name, old, new in changes:
        file = folder / "toy" / name
        told = file.read_text(encoding="utf-8")
        assert old in told
        file.write_text(told.replace(old, new), encoding="utf-8")
    if profiles:
        (folder / "toy" / "profiles.csv").write_text(profiles, encoding="utf-8")
    return circularpark.solve(circularpark.read_park(folder / "toy"))


@pytest.fixture(scope="module")
def years(tmp_path_factory) -> circularpark.Plan:
    """The toy park in three years."""
    return toy(tmp_path_factory.mktemp("years"), ("park.toml", "[2025]", "[2025, 2030, 2035]"))


@pytest.fixture(scope="module")
def hours(tmp_path_factory) -> circularpark.Plan:
    """The toy park on two days of hours; steam is wanted by day only."""
    folder = tmp_path_factory.mktemp("hours")
    return toy(
        folder,
        ("park.toml", 'mode = "annual"', 'mode = "hours"\nsteps = 48'),
        ("park.toml", "operating_hours = 8000\n", ""),
        ("demands.csv", "unit,source", "unit,profile,source"),
        ("demands.csv", "dyeing,steam,6,MW,", "dyeing,steam,6,MW,shift,"),
        ("demands.csv", "greenhouse,steam,5,MW,", "greenhouse,steam,5,MW,shift,"),
        profiles="shift\n" + ("0\n" * 12 + "1\n" * 12) * 2,
    )


def test_every_hour_of_a_plan_is_on_its_page(hours):
    scene = scene_of(hours, interactive=True)
    table = hours.link_flow.pivot(index="link", columns="period", values="value")
    assert scene.periods.amounts.shape == (len(scene.flows), 48)
    assert (scene.periods.amounts.min(axis=1) < scene.periods.amounts.max(axis=1)).any()
    for row, link in enumerate(scene.flows["id"]):
        assert scene.periods.amounts[row] == pytest.approx(table.loc[link].to_numpy(), abs=1e-9)


def test_every_planning_year_is_on_its_page(years):
    scene = scene_of(years, interactive=True)
    assert list(scene.periods.steps["year"]) == [2025, 2030, 2035]
    for column, year in enumerate((2025, 2030, 2035)):
        own = flow_table(years, years.flows, year).set_index("id")["amount"]
        told = dict(zip(scene.flows["id"], scene.periods.amounts[:, column], strict=True))
        assert {link: told[link] for link in own.index} == pytest.approx(own.to_dict())


def test_the_numbers_above_the_map_say_which_year_they_are_of(years):
    page = draw_flow_map(scene_of(years, interactive=True), "en")
    assert "<dt>Plan, 2035</dt>" in page


def test_a_plan_of_one_period_has_no_steps():
    plan = circularpark.solve(circularpark.read_park("toy"))
    assert scene_of(plan, interactive=True).periods is None


def test_a_picture_is_of_the_last_year_on_its_own_scale(years):
    """Pictures have no slider: what flows in another year only is not on them."""
    drawn = flow_map(scene_of(years), "en")
    assert np.isclose(drawn.flows["width"].max(), 22.0)
    assert (drawn.flows["base"] > 0).all()
