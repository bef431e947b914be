"""The time table: what a period stands for, and rates from amounts and profiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from circularpark.program.time import annuity, years_stood_for
from tests.program.small import program

STEPS = "period,year,month,hours,weight\nday,2025,1,2,100\nnight,2025,1,3,200\nnoon,2025,7,1,50\n"


def test_an_annual_park_has_one_period_of_its_operating_hours(tmp_path: Path) -> None:
    time = program(tmp_path, time="years = [2025, 2030]\noperating_hours = 8000").data.time
    assert time.period.tolist() == ["2025", "2030"]
    assert time.span.tolist() == [8000, 8000]
    assert time.blocks == ((2025, ""), (2030, ""))


def test_an_hour_of_a_profile_stands_for_its_share_of_the_year(tmp_path: Path) -> None:
    time = program(
        tmp_path, time='years = [2025]\nmode = "hours"', profiles="shape\n1\n2\n3\n4\n"
    ).data.time
    assert time.hours.tolist() == [1, 1, 1, 1]
    assert time.span.tolist() == [2190, 2190, 2190, 2190]
    assert time.next.tolist() == [1, 2, 3, 0]
    assert time.previous.tolist() == [3, 0, 1, 2]


def test_a_period_stands_for_its_hours_as_often_as_it_occurs(tmp_path: Path) -> None:
    time = program(tmp_path, periods=STEPS).data.time
    assert time.span.tolist() == [200, 600, 50]
    assert time.months == ("2025-01", "2025-07")
    assert time.month_index.tolist() == [0, 0, 1]
    assert time.year_total(np.array([[1.0, 2.0, 4.0]])).tolist() == [[200 + 1200 + 200]]


def test_a_named_successor_closes_chains_of_their_own(tmp_path: Path) -> None:
    time = program(
        tmp_path,
        periods="period,year,next\na,2025,b\nb,2025,a\nc,2025,d\nd,2025,c\n",
    ).data.time
    assert time.next.tolist() == [1, 0, 3, 2]
    assert time.previous.tolist() == [1, 0, 3, 2]


def test_a_scenario_is_a_block_with_its_probability(tmp_path: Path) -> None:
    time = program(
        tmp_path,
        periods=(
            "period,year,scenario,probability,weight\n"
            "a,2025,calm,0.75,10\nb,2025,calm,0.75,20\na,2025,dear,0.25,10\nb,2025,dear,0.25,20\n"
        ),
    ).data.time
    assert time.blocks == ((2025, "calm"), (2025, "dear"))
    assert time.probability.tolist() == [0.75, 0.75, 0.25, 0.25]
    assert len(set(time.period)) == 4


def test_a_yearly_amount_follows_its_profile(tmp_path: Path) -> None:
    data = program(
        tmp_path,
        periods=STEPS,
        profiles="period,shape\nday,1\nnight,0.5\nnoon,2\n",
        demands=(
            "id,site,commodity,amount,unit,profile\n"
            "shaped,farm,steam,1200,MWh/a,shape\nflat,farm,steam,1700,MWh/a,\n"
            "hourly,farm,steam,4,MW,shape\nrates,farm,steam,,MW,shape\n"
        ),
    ).data
    # 1 x 200 + 0.5 x 600 + 2 x 50 = 600: 1200 MWh are 2 MW times the profile.
    assert data.demand.rate == pytest.approx(
        np.array([[2, 1, 4], [2, 2, 2], [4, 2, 8], [1, 0.5, 2]])
    )


def test_an_annual_park_counts_a_profile_by_its_mean(tmp_path: Path) -> None:
    data = program(
        tmp_path,
        profiles="shape\n0\n1\n2\n3\n",
        demands="id,site,commodity,amount,unit,profile\nheating,farm,steam,4,MW,shape\n",
    ).data
    assert data.demand.rate.tolist() == [[6.0]]


def test_the_last_planning_year_lasts_as_long_as_the_one_before() -> None:
    assert years_stood_for((2025,)) == [1]
    assert years_stood_for((2025, 2030, 2040)) == [5, 10, 10]


def test_money_of_later_years_counts_less(tmp_path: Path) -> None:
    time = program(tmp_path, time="years = [2025, 2027]").data.time
    # 2025 stands for 2025 and 2026, 2027 for 2027 and 2028.
    assert time.discount(0.25) == pytest.approx([1 + 0.8, 0.64 + 0.512])
    assert time.discount(0.0).tolist() == [2, 2]


def test_an_annuity_pays_the_investment_back() -> None:
    assert annuity(0.0, np.array([20.0])) == pytest.approx([0.05])
    # Two payments at ten per cent: a / 1.1 + a / 1.21 = 1.
    share = annuity(0.1, np.array([2.0]))[0]
    assert share / 1.1 + share / 1.21 == pytest.approx(1.0)


def test_fewer_steps_than_the_profiles_have_are_whole_weeks_evenly_spread(tmp_path: Path) -> None:
    rows = "\n".join(str(hour) for hour in range(8760))
    time = program(
        tmp_path,
        time='years = [2025]\nmode = "hours"\nsteps = 672',
        profiles=f"shape\n{rows}\n",
    ).data.time
    # 52 weeks: the seventh of each 13 is in the middle of its quarter.
    assert time.profile("shape")[::168].tolist() == [168 * w for w in (6, 19, 32, 45)]
    assert (np.diff(time.profile("shape").reshape(4, 168)) == 1).all()
    assert time.span.sum() == pytest.approx(8760)
