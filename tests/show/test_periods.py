"""Flows in steps of time: which steps a page has, what they are called, and what flows in them."""

from __future__ import annotations

import base64
import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from tests.show.scenes import large_scene
from tests.show.test_page import data_of

from circularpark.show import Scene, draw_flow_map, flow_map
from circularpark.show.moments import moments
from circularpark.show.plan_periods import MOST_STEPS, steps_of
from circularpark.show.scene import Periods


@dataclass
class Time:
    """As much of a time table as the steps are made from."""

    blocks: tuple
    block: np.ndarray
    hours: np.ndarray
    weight: np.ndarray
    period: np.ndarray
    months: tuple
    month_index: np.ndarray
    annual_mode: bool = False

    @property
    def given(self):
        return self.period


def years(*names: int) -> Time:
    count = len(names)
    labels = np.array([str(name) for name in names], dtype=object)
    return Time(
        tuple((name, "") for name in names), np.arange(count), np.full(count, 8000.0),
        np.ones(count), labels, tuple(labels), np.arange(count), True,
    )  # fmt: skip


def hours(days: int, label: str = "{year}-h{hour:04d}", months: bool = False) -> Time:
    count = 24 * days
    day = np.arange(count) // 24
    month = np.minimum(day // 31, 11) if months else np.zeros(count, dtype=int)
    names = tuple(f"2025-{m:02d}" for m in range(1, 13)) if months else ("2025",)
    period = [label.format(year=2025, hour=h + 1, day=d + 1) for h, d in enumerate(day)]
    return Time(
        ((2025, ""),), np.zeros(count, dtype=int), np.ones(count), np.full(count, 8760 / count),
        np.array(period, dtype=object), names, month,
    )  # fmt: skip


def test_every_planning_year_is_a_step():
    steps, shares = steps_of(years(2025, 2030, 2040), MOST_STEPS)
    assert list(steps["year"]) == [2025, 2030, 2040]
    assert shares.toarray().tolist() == np.eye(3).tolist()
    assert moments(steps, "en")["groups"] == ["2025", "2030", "2040"]
    assert moments(steps, "en")["kind"] == "years"


def test_hours_that_fit_are_told_one_by_one():
    steps, shares = steps_of(hours(28), MOST_STEPS)
    told = moments(steps, "zh")
    assert (told["kind"], len(told["groups"]), len(steps)) == ("days", 28, 672)
    assert told["groups"][2] == "第3天（共28天）"
    assert told["steps"][25] == "1:00"
    assert shares.toarray()[25].argmax() == 25


def test_a_year_of_hours_is_told_by_the_mean_day_of_each_month():
    time = hours(365, months=True)
    steps, shares = steps_of(time, MOST_STEPS)
    told = moments(steps, "en")
    assert (len(told["groups"]), len(steps)) == (12, 288)
    assert told["groups"][0] == "January, mean day"
    # The flow at 5:00 of January is the mean over its 31 days.
    flow = np.arange(8760.0)
    january = flow[: 31 * 24].reshape(31, 24)[:, 5].mean()
    assert (flow @ shares)[5] == pytest.approx(january)


def test_a_year_without_months_is_told_by_spans_of_days():
    steps, shares = steps_of(hours(365), MOST_STEPS)
    assert len(steps) <= MOST_STEPS
    assert np.asarray(shares.sum(axis=0)).ravel() == pytest.approx(np.ones(len(steps)))
    assert moments(steps, "en")["groups"][0] == "Mean of part 1 of 31"


def test_typical_days_say_which_day_they_are_and_for_how_many_they_stand():
    time = hours(3, label="{year}-d{day:03d}-h{hour:02d}")
    time.weight = np.repeat([200.0, 164.0, 1.0], 24)
    told = moments(steps_of(time, MOST_STEPS)[0], "en")
    assert told["groups"][0] == "1 January (stands for 200 days)"
    assert told["groups"][2] == "3 January (stands for itself)"


def test_named_periods_keep_their_names():
    time = years(2025)
    time.block, time.annual_mode = np.zeros(2, dtype=int), False
    time.hours, time.weight = np.array([3000.0, 5000.0]), np.ones(2)
    time.period = np.array(["winter", "summer"], dtype=object)
    time.month_index = np.zeros(2, dtype=int)
    told = moments(steps_of(time, MOST_STEPS)[0], "en")
    assert (told["kind"], told["groups"]) == ("list", ["winter", "summer"])


def scene_of_years() -> Scene:
    """80 flows in three years; the first flow runs in the first year only."""
    scene = large_scene()
    steps, _ = steps_of(years(2025, 2030, 2040), MOST_STEPS)
    amounts = scene.flows["amount"].to_numpy()[:, None] * np.array([0.5, 2.0, 1.0])
    amounts[0] = [4.0, 0.0, 0.0]
    flows = scene.flows.assign(peak=amounts.max(axis=1))
    flows.loc[0, "amount"] = 0.0
    return dataclasses.replace(scene, flows=flows, periods=Periods(steps, amounts))


def test_one_scale_is_locked_over_all_years():
    drawn = flow_map(scene_of_years(), "en")
    assert drawn.flows["reach"].max() == pytest.approx(22.0)
    assert drawn.flows["width"].max() == pytest.approx(11.0)


def test_a_flow_of_another_year_is_there_and_not_seen():
    scene = scene_of_years()
    drawn = flow_map(scene, "en")
    first = drawn.flows.index[drawn.flows["id"] == scene.flows["id"][0]][0]
    assert drawn.flows["width"][first] == 0 or drawn.flows["change"][first] == "gone"
    assert not drawn.figure["data"][drawn.index["flows"][first]["t"]]["visible"]


def test_the_page_holds_every_flow_in_every_year():
    scene = scene_of_years()
    drawn = flow_map(scene, "en")
    index = data_of(draw_flow_map(scene, "en"))["index"]
    packed = np.frombuffer(base64.b64decode(index["periods"]["data"]), dtype="<u2")
    share = packed.reshape(len(drawn.flows), 3) / 65535
    rates = share * np.array([flow["m"] for flow in index["flows"]])[:, None]
    assert rates == pytest.approx(drawn.layout.rates, rel=2e-5, abs=1e-9)


def test_a_month_of_hours_of_80_flows_stays_under_1_2_megabytes():
    scene = large_scene()
    steps, _ = steps_of(hours(31), MOST_STEPS)
    rng = np.random.default_rng(1)
    amounts = scene.flows["amount"].to_numpy()[:, None] * rng.uniform(0, 2, (80, len(steps)))
    page = draw_flow_map(dataclasses.replace(scene, periods=Periods(steps, amounts)), "zh")
    assert len(steps) == MOST_STEPS
    assert len(page.encode()) < 1_200_000


def test_a_scene_of_one_step_has_no_slider():
    page = draw_flow_map(large_scene(), "en")
    assert 'id="step"' not in page
    assert data_of(page)["index"]["periods"] is None


def test_steps_without_a_flow_do_not_trouble_a_page():
    steps, _ = steps_of(years(2025, 2030), MOST_STEPS)
    bare = Scene(
        park={"en": "P"}, sites=large_scene().sites, flows=pd.DataFrame(),
        periods=Periods(steps, np.zeros((0, 2))),
    )  # fmt: skip
    assert draw_flow_map(bare, "en").endswith("</html>\n")
