"""Time: periods and profiles that fit each other and the year."""

from __future__ import annotations

import pandas as pd
import pytest

from circularpark.park.checks import check
from tests.park.drafts import (
    Rows,
    changed,
    findings,
    made,
    place,
    problem_codes,
    read_findings,
    sound,
    the,
)
from tests.parks import TOML, make_park


def periods(*names: str, **more: object) -> Rows:
    return [{"period": name, "year": 2025.0, "weight": 100.0, **more} for name in names]


def with_periods(rows: Rows, profiles: Rows | None = None) -> dict[str, Rows]:
    return {**sound(), "periods": rows, "profiles": profiles or []}


def hourly(count: int, start: str = "2025-01-01T00:00", step: str = "h") -> Rows:
    stamps = pd.date_range(start, periods=count, freq=step)
    return [{"period": s.strftime("%Y-%m-%dT%H:%M"), "shape": 1.0} for s in stamps]


def shaped(profiles: Rows) -> dict[str, Rows]:
    rows = changed("demands", 0, profile="shape")
    rows["profiles"] = profiles
    return rows


def test_sound_periods_have_no_findings():
    profiles = [{"period": "summer", "shape": 0.5}, {"period": "winter", "shape": 1.0}]
    assert findings(with_periods(periods("summer", "winter"), profiles)) == []


def test_a_period_stands_once():
    finding = the(findings(with_periods(periods("summer", "summer"))), "checks.period_twice")
    assert place(finding) == ("problem", "periods.csv", 3, "period")


def test_a_period_lies_in_a_planning_year():
    rows = with_periods([*periods("now"), {"period": "then", "year": 2030.0}])
    finding = the(findings(rows), "checks.period_year")
    assert place(finding) == ("problem", "periods.csv", 3, "year")
    finding = the(findings(rows, years=(2025, 2030, 2035)), "checks.year_without_periods")
    assert place(finding) == ("problem", "periods.csv", None, "year")
    assert "2035" in finding.message("zh")


def test_the_periods_of_a_year_are_at_most_a_year():
    assert findings(with_periods(periods("a", "b", weight=4380.0))) == []
    finding = the(findings(with_periods(periods("a", "b", weight=8760.0))), "checks.year_too_long")
    assert place(finding) == ("warning", "periods.csv", 2, "hours")


def test_next_names_a_period_once():
    rows = periods("a", "b", "c")
    rows[0]["next"] = "winter"
    finding = the(findings(with_periods(rows)), "checks.next_unknown")
    assert place(finding) == ("problem", "periods.csv", 2, "next")
    rows = periods("a", "b", "c", next="a")
    found = [f for f in findings(with_periods(rows)) if f.code == "checks.next_twice"]
    assert [place(f) for f in found] == [
        ("problem", "periods.csv", 3, "next"),
        ("problem", "periods.csv", 4, "next"),
    ]


def test_next_stays_in_its_scenario():
    rows = [
        *periods("a", scenario="low", probability=0.5, next="b"),
        *periods("b", scenario="high", probability=0.5),
    ]
    assert [f.code for f in findings(with_periods(rows))] == ["checks.next_unknown"]


def test_probabilities_are_one_a_scenario_and_sum_to_one():
    low = periods("a", "b", scenario="low", probability=0.4)
    high = periods("c", "d", scenario="high", probability=0.6)
    assert findings(with_periods([*low, *high])) == []
    finding = the(findings(with_periods(low)), "checks.probability_sum")
    assert place(finding) == ("problem", "periods.csv", 2, "probability")
    assert "0.4" in finding.message("en")
    low[1]["probability"] = 0.3
    finding = the(findings(with_periods([*low, *high])), "checks.probability_mixed")
    assert place(finding) == ("problem", "periods.csv", 2, "probability")


def test_a_profile_that_is_used_is_there():
    rows = changed("demands", 0, profile="shpe")
    rows["profiles"] = [{"shape": 1.0}]
    finding = the(findings(rows), "checks.unknown_near")
    assert place(finding) == ("problem", "demands.csv", 2, "profile")


@pytest.mark.parametrize(("count", "sound_count"), [(1, True), (8760, True), (24, False)])
def test_a_profile_has_a_row_a_step_or_one(count, sound_count):
    found = findings(shaped([{"shape": 1.0}] * count), mode="hours", steps=8760)
    if sound_count:
        assert found == []
    else:
        finding = the(found, "checks.profile_length")
        assert place(finding) == ("problem", "profiles.csv", None, "period")
        assert "24" in finding.message("zh")
        assert "8760" in finding.message("zh")


def test_without_a_stated_number_of_steps_the_profile_gives_it():
    assert findings(shaped([{"shape": 1.0}] * 24), mode="hours") == []


def test_a_profile_of_another_length_than_the_periods_is_refused():
    rows = shaped([{"shape": 1.0}] * 3)
    rows["periods"] = periods("a", "b")
    assert [f.code for f in findings(rows)] == ["checks.profile_length"]


def test_profile_rows_name_every_period():
    rows = shaped([{"period": "a", "shape": 1.0}, {"period": "winter", "shape": 1.0}])
    rows["periods"] = periods("a", "b")
    found = findings(rows)
    assert place(the(found, "checks.profile_period")) == ("problem", "profiles.csv", 3, "period")
    finding = the(found, "checks.profile_missing")
    assert place(finding) == ("problem", "profiles.csv", None, "period")
    assert "'b'" in finding.message("zh")


def test_time_stamps_of_a_year_have_no_findings():
    assert findings(shaped(hourly(8760)), mode="hours") == []


def test_a_leap_year_is_refused():
    leap = findings(shaped(hourly(8784, "2024-01-01T00:00")), mode="hours", years=(2024,))
    assert place(the(leap, "checks.leap_year")) == ("problem", "profiles.csv", None, None)
    nameless = findings(shaped([{"shape": 1.0}] * 8784), mode="hours")
    assert place(the(nameless, "checks.leap_year"))[:2] == ("problem", "profiles.csv")


def test_a_missing_step_is_refused():
    rows = hourly(48)
    del rows[10]
    finding = the(findings(shaped(rows), mode="hours"), "checks.steps_missing")
    assert place(finding) == ("problem", "profiles.csv", 12, "period")
    assert "1" in finding.message("zh")


def test_a_step_that_stands_twice_is_refused():
    rows = hourly(48)
    rows[10:11] = [rows[10]] * 6
    assert place(the(findings(shaped(rows), mode="hours"), "checks.period_twice")) == (
        "problem",
        "profiles.csv",
        13,
        "period",
    )


def test_the_change_of_the_clocks_is_refused():
    spring = hourly(48, "2025-03-30T00:00")
    del spring[2]
    finding = the(findings(shaped(spring), mode="hours"), "checks.clock_change")
    assert place(finding) == ("problem", "profiles.csv", 4, "period")
    autumn = hourly(48, "2025-10-26T00:00")
    autumn.insert(3, autumn[2])
    finding = the(findings(shaped(autumn), mode="hours"), "checks.clock_change")
    assert place(finding) == ("problem", "profiles.csv", 5, "period")
    assert "+08:00" in finding.fix("zh")


def test_mixed_steps_are_refused():
    rows = [*hourly(24), *hourly(24, "2025-01-02T00:00", "30min")]
    finding = the(findings(shaped(rows), mode="hours"), "checks.steps_mixed")
    assert finding.severity == "problem"
    assert finding.column == "period"


def test_unsorted_steps_are_sorted_and_told():
    draft = made(shaped(hourly(48)[::-1]), mode="hours")
    draft.raw["profiles"]["shape"] = range(48)
    finding = the(check(draft), "checks.unsorted")
    assert place(finding) == ("fixed", "profiles.csv", None, "period")
    assert draft.raw["profiles"]["shape"].tolist() == list(range(47, -1, -1))
    assert draft.raw["profiles"]["_row"].tolist() == list(range(49, 1, -1))


def test_unsorted_periods_are_sorted_within_their_scenario():
    rows = [
        *periods("2025-01-02T00:00", "2025-01-01T00:00", scenario="low", probability=0.5),
        *periods("2025-01-03T00:00", "2025-01-04T00:00", scenario="high", probability=0.5),
    ]
    draft = made(with_periods(rows))
    assert place(the(check(draft), "checks.unsorted")) == ("fixed", "periods.csv", None, "period")
    days = [name[8:10] for name in draft.raw["periods"]["period"]]
    assert days == ["01", "02", "03", "04"]


def test_a_folder_with_stamped_profiles_is_read(tmp_path):
    rows = hourly(48)
    text = "period,shape\n" + "".join(f"{r['period']},{n}\n" for n, r in enumerate(rows))
    stream = "id,site,commodity,unit,amount,profile\nspare,mill,steam,MWh/h,5,shape\n"
    toml = TOML + 'mode = "hours"\n'
    found = read_findings(make_park(tmp_path / "a", toml=toml, profiles=text, streams=stream))
    assert problem_codes(found) == []
    lines = text.splitlines()
    del lines[10]
    found = read_findings(
        make_park(tmp_path / "b", toml=toml, profiles="\n".join(lines), streams=stream)
    )
    assert place(the(found, "checks.steps_missing")) == ("problem", "profiles.csv", 11, "period")


def test_profiles_of_another_year_are_refused():
    found = findings(shaped(hourly(8760, "2019-01-01T00:00")), mode="hours")
    finding = the(found, "checks.profile_year")
    assert place(finding) == ("problem", "profiles.csv", None, "period")
    assert "2019" in finding.message("zh")
    assert "2025" in finding.message("zh")


def test_a_time_that_does_not_exist_is_refused():
    rows = hourly(48)
    rows[3]["period"] = "2025-02-30T03:00"
    finding = the(findings(shaped(rows), mode="hours"), "checks.stamp")
    assert place(finding) == ("problem", "profiles.csv", 5, "period")


def test_a_gap_in_a_used_profile_is_refused():
    rows = [{"shape": 1.0}, {"shape": None}, {"shape": None}]
    finding = the(findings(shaped(rows)), "checks.profile_gap")
    assert place(finding) == ("problem", "profiles.csv", 3, "shape")
    assert "2" in finding.message("zh")
    finding = the(findings(shaped([{"shape": None}] * 3)), "checks.profile_empty")
    assert place(finding) == ("problem", "profiles.csv", None, "shape")


def test_a_yearly_amount_has_an_hour_to_go_to():
    nothing = shaped([{"shape": 0.0}, {"shape": 0.0}])
    assert findings(nothing) == []
    nothing["demands"][0]["amount"] = 8000.0
    nothing["demands"][1]["amount"] = 8000.0
    finding = the(findings(nothing, per={"demands": "a"}), "checks.profile_zero")
    assert place(finding) == ("problem", "demands.csv", 2, "profile")


def test_nothing_is_offered_or_wanted_below_zero():
    finding = the(findings(shaped([{"shape": 1.0}, {"shape": -0.1}])), "checks.profile_negative")
    assert place(finding) == ("problem", "demands.csv", 2, "profile")


def test_availability_lies_between_zero_and_one():
    rows = changed("technologies", 0, profile="sun")
    rows["profiles"] = [{"sun": 0.0}, {"sun": 1.0}]
    assert findings(rows) == []
    rows["profiles"] = [{"sun": 0.0}, {"sun": 850.0}]
    finding = the(findings(rows), "checks.availability")
    assert place(finding) == ("problem", "technologies.csv", 2, "profile")


def test_a_row_without_amount_has_a_profile():
    finding = the(findings(changed("demands", 0, amount=None)), "checks.amount_blank")
    assert place(finding) == ("problem", "demands.csv", 2, "amount")
    rows = shaped([{"shape": 1.0}])
    rows["demands"][0]["amount"] = None
    assert findings(rows) == []
