"""The time table of a study's cases is made again only where something of it changed."""

from __future__ import annotations

from circularpark.program.time import time_table
from circularpark.studies.case import Case
from circularpark.studies.study import Study


def test_a_price_makes_no_new_time_table_and_other_hours_do():
    study = Study("anqing-hightech")
    study.answer()
    times = study.planner.times
    made = times.made
    dearer = {"table": "markets", "where": {"id": "grid_110kv"}, "multiply": {"peak_price": 1.1}}
    study.answer(Case("dearer", [dearer]))
    assert times.made == made
    shorter = Case("shorter", [{"table": "time", "set": {"operating_hours": 8000}}])
    assert times.of(study.park(shorter)).span.sum() == 8000
    assert times.made == made + 1


def test_the_same_table_comes_back_as_made_anew():
    study = Study("anqing-hightech")
    times = study.planner.times
    one, two = times.of(study.park()), times.of(study.park())
    assert one is two
    anew = time_table(study.park())
    assert (one.span == anew.span).all()
    assert one.blocks == anew.blocks
