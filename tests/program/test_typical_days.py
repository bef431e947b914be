"""A year on typical days: what the time table says, and what it costs beside the whole year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import circularpark
from circularpark.errors import ParkDataError
from circularpark.program.driven import driven_by, extreme_days
from circularpark.program.time import TimeTable, time_table
from circularpark.program.typical_days import typical_time
from tests.park.drafts import added, findings, place, problem_codes, sound, the
from tests.program.small import program
from tests.real_year import reduced_park, year

DAYS = 'mode = "typical_days"\ntypical_days = {}'


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[TimeTable, TimeTable]:
    """A year of hours, and the same on ten typical days."""
    folder = tmp_path_factory.mktemp("year")
    park = reduced_park(folder, profiles=year(), time=DAYS.format(10))
    return time_table(park, mode="hours"), time_table(park)


def test_the_days_make_the_year(tables: tuple[TimeTable, TimeTable]) -> None:
    full, days = tables
    assert len(days.period) == 240
    assert days.span.sum() == pytest.approx(8760, rel=1e-12)
    assert pd.Index(days.period).is_unique
    names = ["tariff", "pv", "day_shift", "two_shift", "cooling", "heating"]
    whole = full.year_total(full.matrix(names))
    assert days.year_total(days.matrix(names)) == pytest.approx(whole, rel=1e-8)


def test_each_day_closes_upon_itself(tables: tuple[TimeTable, TimeTable]) -> None:
    _, days = tables
    of_day = np.arange(240) // 24
    assert (of_day[days.next] == of_day).all()
    assert days.next[:24].tolist() == [*range(1, 24), 0]
    assert days.next[days.previous].tolist() == list(range(240))


def test_a_period_is_named_by_the_real_day_it_is(tables: tuple[TimeTable, TimeTable]) -> None:
    full, days = tables
    at = str(days.period[24])
    day = int(at[len("2025-d") : len("2025-d000")]) - 1
    assert at.endswith("h01")
    sun, real = days.profile("pv")[24:48], full.profile("pv")[24 * day : 24 * day + 24]
    assert np.array_equal(sun > 0, real > 0)


def test_the_year_s_months_are_shared_out_among_the_days(
    tables: tuple[TimeTable, TimeTable],
) -> None:
    full, days = tables
    assert full.month_weight.tolist() == [1]
    assert days.month_weight.sum() == 12
    assert (days.month_weight >= 1).all()
    assert len(days.months) == len(days.month_weight) == days.month_index.max() + 1


def test_extreme_days_are_the_greatest_demand_the_least_sun_and_the_highest_hours(
    tables: tuple[TimeTable, TimeTable], tmp_path: Path
) -> None:
    park = reduced_park(tmp_path, profiles=year(), time=DAYS.format(10))
    whole = year()
    names = list(whole.columns)
    shapes = whole.to_numpy().reshape(365, 24, -1)
    chosen = extreme_days(shapes, names, driven_by(park, tables[0]), most=5)
    by_day = whole.groupby(whole.index // 24)
    assert chosen[int(by_day["pv"].sum().idxmin())] == "available"
    steam = 50000 * whole["two_shift"] / whole["two_shift"].sum()
    steam += 15000 * whole["heating"] / whole["heating"].sum()
    # The coldest day has the largest demand and the highest hour of steam.
    assert chosen[int(steam.idxmax()) // 24] == "demand"
    # A hundred days have the tariff of winter: the dearest of them is nothing rare.
    assert "price" not in chosen.values()
    labels = set(tables[1].period)
    assert all(f"2025-d{day + 1:03d}h01" in labels for day in chosen)


def test_a_profile_counts_by_the_share_of_its_commodity(
    tables: tuple[TimeTable, TimeTable], tmp_path: Path
) -> None:
    park = reduced_park(tmp_path, profiles=year(), time=DAYS.format(10))
    weight = driven_by(park, tables[0]).weight
    assert weight["tariff"] == weight["pv"] == 1
    assert weight["two_shift"] == pytest.approx(50000 / (65000 + 6 * year()["day_shift"].sum()))
    assert weight["day_shift"] == pytest.approx(60000 / 98000)
    assert weight["cooling"] == 0.1


ALIKE = pd.DataFrame(
    {
        "tariff": np.tile([0.4] * 8 + [1.0] * 8 + [1.6] * 8, 365),
        "pv": np.tile([0.0] * 8 + [0.5] * 8 + [0.0] * 8, 365),
        "day_shift": np.tile([0.5] * 8 + [1.5] * 12 + [0.5] * 4, 365),
        "two_shift": np.tile([0.5] * 6 + [1.25] * 16 + [0.5] * 2, 365),
        "cooling": 1.0,
        "heating": 1.0,
    }
)


def test_a_year_of_equal_days_costs_the_same_on_one_of_them(tmp_path: Path) -> None:
    """The demand charge too: it is paid in twelve months, though one day stands for all."""
    stores = {"storages": "id,site,commodity\n"}
    hours = reduced_park(tmp_path / "hours", profiles=ALIKE, **stores)
    days = reduced_park(tmp_path / "days", profiles=ALIKE, time=DAYS.format(3), **stores)
    exact, typical = circularpark.solve(hours), circularpark.solve(days)
    assert len(typical.problem.data.time.period) == 24
    assert typical.certificate.ok
    peaks = typical.measures[typical.measures["term"] == "peak"]["value"].sum()
    assert peaks > 0.05 * typical.account.whole("cost")
    assert typical.account.whole("cost") == pytest.approx(exact.account.whole("cost"), rel=1e-6)
    assert typical.account.whole("co2") == pytest.approx(exact.account.whole("co2"), rel=1e-5)


def test_years_and_scenarios_have_days_of_their_own(tmp_path: Path) -> None:
    rows = [
        f"{name}{i:02d},2025,{name},{chance}"
        for name, chance in (("wet", 0.25), ("dry", 0.75))
        for i in range(48)
    ]
    periods = "period,year,scenario,probability\n" + "\n".join(rows) + "\n"
    shapes = pd.DataFrame({"period": [r.partition(",")[0] for r in rows]})
    for name in ("tariff", "pv", "day_shift", "two_shift", "cooling", "heating"):
        shapes[name] = np.linspace(0.1, 0.9, 96).round(4)
    park = reduced_park(tmp_path, periods=periods, profiles=shapes)
    full = time_table(park)
    days = typical_time(park, full, 1)
    assert days.blocks == ((2025, "wet"), (2025, "dry"))
    assert days.block_probability.tolist() == [0.25, 0.75]
    assert len(days.period) == 48
    assert days.year_total(days.profile("pv")) == pytest.approx(full.year_total(full.profile("pv")))


def test_a_year_without_profiles_is_one_day(tmp_path: Path) -> None:
    time = program(tmp_path, time='years = [2025]\nmode = "typical_days"').data.time
    assert len(time.period) == 24
    assert time.span.sum() == pytest.approx(8760)
    assert time.profile("").tolist() == [1.0] * 24


def test_given_periods_are_kept_whatever_the_mode(tmp_path: Path) -> None:
    periods = "period,year,hours,weight\nday,2025,12,365\nnight,2025,12,365\n"
    shapes = pd.DataFrame({"period": ["day", "night"]} | dict.fromkeys(year().columns, 1.0))
    park = reduced_park(tmp_path, periods=periods, profiles=shapes, time=DAYS.format(5))
    assert time_table(park).period.tolist() == ["day", "night"]


def test_a_year_that_is_not_made_of_days_has_no_typical_ones(tmp_path: Path) -> None:
    shapes = pd.DataFrame(dict.fromkeys(year().columns, [1.0] * 30))
    park = reduced_park(tmp_path, profiles=shapes)
    with pytest.raises(ParkDataError) as refused:
        typical_time(park, time_table(park), 1)
    the(list(refused.value.findings), "design.no_whole_days")


def test_reading_says_so_at_once() -> None:
    rows = {**sound(), "profiles": [{"shape": 1.0}] * 30}
    finding = the(findings(rows, mode="typical_days"), "checks.typical_whole_days")
    assert place(finding) == ("problem", "park.toml", None, "mode")
    assert "checks.typical_whole_days" not in problem_codes(findings(rows, mode="annual"))


def test_what_typical_days_cannot_see_of_stores_is_said() -> None:
    store = {"site": "mill", "commodity": "steam"}
    rows = added(
        "storages",
        {"id": "tank", "hours_in": 6.0, "hours_out": 6.0, **store},
        {"id": "pit", "hours_in": 100.0, "hours_out": 100.0, **store},
    )
    found = findings(rows, mode="typical_days")
    assert the(found, "checks.store_across_days").values["hours"] == "200"
    assert the(found, "checks.stores_close_the_day").severity == "warning"
    silent = {f.code for f in findings(rows, mode="hours")}
    assert not silent & {"checks.store_across_days", "checks.stores_close_the_day"}
