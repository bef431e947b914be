"""Changes, sources and stored tables in the reader's words."""

from __future__ import annotations

import pandas as pd
import pytest

import circularpark
from circularpark.cli.change_words import ChangeWords
from circularpark.cli.study_tables import study_table
from circularpark.show.source_words import source_words
from circularpark.studies.difference import Difference


@pytest.fixture(scope="module")
def parks() -> list[circularpark.Park]:
    return [circularpark.read_park("kalundborg"), circularpark.read_park("kalundborg", case="heat")]


@pytest.mark.parametrize(
    ("change", "zh", "en"),
    [
        (
            Difference("commodities", "hot_water", "kind", "energy", "heat", "cell"),
            "物料和能源 · 区域供热热水 · 类别：能源 → 热",
            "commodities, District-heating water, Kind: energy → heat",
        ),
        (
            Difference("limits", "nobody", "value", None, 3.5, "cell"),
            "约束 · nobody · 数值：（空） → 3.5",
            "limits, nobody, Value: (blank) → 3.5",
        ),
        (
            Difference("streams", "new", None, None, {"name_zh": "余热", "name_en": "heat"}, "new"),
            "可供物流 · 新增 余热",
            "streams: new row heat",
        ),
        (
            Difference("demands", "greenhouse_heat", "site", "novo", "assumed_greenhouse", "cell"),
            "诺和诺德与诺维信 → 假设：温室",
            "→ Assumed: greenhouse",
        ),
    ],
    ids=["choice", "unknown", "new row", "site of the case"],
)
def test_a_change_is_told_by_names(parks, change, zh, en):
    assert zh in ChangeWords(parks, "zh").line(change)
    assert en in ChangeWords(parks, "en").line(change)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ("model assumption", "模型假设", "model assumption"),
        ("soft enough / 够软", "够软", "soft enough"),
        ("HJ 662-2013 §6.6 表1 重金属", "HJ 662-2013 §6.6 表1 重金属", "HJ 662-2013 §6.6 table 1"),
        ("《管理办法》", "《管理办法》", "《管理办法》"),
        ("catalogue/standards.csv: GB 175", "目录，GB 175", "catalogue, GB 175"),
        ("Fiksel, p. 163", "Fiksel, p. 163", "Fiksel, p. 163"),
    ],
)  # fmt: skip
def test_a_source_is_told_in_the_readers_language(source, zh, en):
    assert source_words(source, "zh") == zh
    assert source_words(source, "en") == en


def test_a_stored_table_is_told_without_keys():
    frame = pd.DataFrame(
        {"item": ["x_1"], "kind": ["link"], "name_zh": ["管"], "name_en": ["pipe"], "co2": [1.0],
         "waste": [2.0], "knee": [True]}
    )  # fmt: skip
    assert list(study_table(frame, "zh").columns) == ["名称", "类别", "二氧化碳排放", "拐点"]
    (row,) = study_table(frame, "en").to_numpy().tolist()
    assert row[:3] == ["pipe", "connection", 1.0]
