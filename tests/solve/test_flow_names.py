"""Streams and demands have names: their own, else what is known of them."""

from __future__ import annotations

import pytest

from circularpark import read_park
from circularpark.solve.naming import flow_names
from tests.parks import make_park

GOODS = """\
id,name_zh,name_en,kind,unit
heat,热,heat,heat,MWh
ash,粉煤灰,fly ash,waste,t
"""
STREAMS = """\
id,name_zh,name_en,site,commodity,amount,unit,supply_temp,target_temp
flue,烟气余热,,mill,heat,1,MW,260,120
warm,,,mill,heat,1,MW,90,40
twin,,,mill,heat,2,MW,90,40
there,,,farm,heat,2,MW,90,40
vapour,,,mill,heat,1,MW,100,
grey,,,mill,ash,1,t/h,,
"""
DEMANDS = """\
id,site,commodity,amount,unit,supply_temp,target_temp
bath,mill,heat,1,MW,20,80
fill,mill,ash,1,t/h,,
"""


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> dict[str, dict[str, str]]:
    folder = make_park(
        tmp_path_factory.mktemp("named"), commodities=GOODS, streams=STREAMS, demands=DEMANDS
    )
    return flow_names(read_park(folder).tables)


def test_a_given_name_is_used_in_both_languages(names):
    assert names["flue"] == {"zh": "烟气余热", "en": "烟气余热"}


def test_heat_without_a_name_is_called_by_its_temperatures(names):
    assert names["warm"] == {"zh": "热 90 → 40 ℃（放热）", "en": "heat, 90 → 40 °C, hot"}
    assert names["bath"] == {"zh": "热 20 → 80 ℃（吸热）", "en": "heat, 20 → 80 °C, cold"}


def test_a_single_temperature_is_said_once(names):
    assert names["vapour"]["en"] == "heat, 100 °C, hot"


def test_two_alike_at_one_site_are_told_apart_and_elsewhere_not(names):
    assert names["twin"] == {"zh": "热 90 → 40 ℃（放热）（2）", "en": "heat, 90 → 40 °C, hot (2)"}
    assert names["there"] == names["warm"]


def test_what_has_no_temperature_is_called_by_its_commodity(names):
    assert names["grey"] == {"zh": "粉煤灰", "en": "fly ash"}
    assert names["fill"] == {"zh": "粉煤灰需求", "en": "fly ash wanted"}
