"""Turbines and vapour recompression: balances that close, and numbers out of steam tables."""

from __future__ import annotations

import pytest

from circularpark.physics.formula_errors import FormulaError
from circularpark.physics.formulas import FORMULAS
from circularpark.physics.steam import steam_enthalpy, steam_level, water_enthalpy
from circularpark.physics.steam_machines import (
    boiler_latent_heat,
    boiler_superheat,
    boiler_water_heat,
    condensate_heating,
    condenser_heat,
    recompression_heat,
    recompression_power,
    turbine_exhaust,
    turbine_power,
    turbine_steam,
)

BACK_PRESSURE = {"inlet": 4.1, "outlet": 1.1, "isentropic": 0.7, "mechanical": 0.95}


def test_a_back_pressure_turbine_worked_out_by_hand() -> None:
    # 4.1 MPa, 400 degC: h 3212.6, s 6.7580 kJ/(kg K); at 1.1 MPa and that s: h 2878.7 kJ/kg.
    work = 0.7 * (3212.6 - 2878.7)
    heat = 3212.6 - 401.2  # water of 95 degC at 4.1 MPa: 401.2 kJ/kg
    power = turbine_power(**BACK_PRESSURE, returned=95, temperature=400)
    assert power == pytest.approx(0.95 * work / heat, rel=1e-3)
    assert turbine_steam(**BACK_PRESSURE, returned=95, temperature=400) == pytest.approx(1 / power)


def test_power_a_tonne_follows_from_the_isentropic_drop() -> None:
    # 3.9 MPa, 450 degC: h 3331.6; isentropically to 1.1 MPa: 2978.2 kJ/kg; 0.7 of it is work.
    level = steam_level(3.9, 95, 450)
    share = turbine_power(3.9, 1.1, 95, 0.7, 1.0, 450)
    assert share * level.mwh_per_tonne == pytest.approx(0.7 * (3331.6 - 2978.2) / 3600, rel=2e-3)


def test_steam_in_is_exhaust_and_shaft_work() -> None:
    steam = turbine_steam(**BACK_PRESSURE, returned=95, temperature=400)
    exhaust = turbine_exhaust(**BACK_PRESSURE, returned=95, temperature=400)
    # The water returns at either pressure: 401.2 and 398.8 kJ/kg differ by its compression.
    assert steam == pytest.approx(exhaust + 1 / 0.95, rel=2e-3)


def test_a_condensing_turbine_closes_with_the_heat_that_warms_its_condensate() -> None:
    part = {"inlet": 1.1, "outlet": 0.006, "isentropic": 0.8, "mechanical": 0.95}
    steam = turbine_steam(**part, returned=95)
    warming = condensate_heating(**part, returned=95)
    assert steam + warming == pytest.approx(condenser_heat(**part) + 1 / 0.95, rel=1e-9)


def test_a_whole_steam_cycle_takes_what_it_gives() -> None:
    part = {"inlet": 1.1, "outlet": 0.006, "isentropic": 0.8, "mechanical": 0.9}
    part["temperature"] = 310
    taken = boiler_water_heat(**part) + boiler_latent_heat(**part) + boiler_superheat(**part)
    assert taken == pytest.approx(condenser_heat(**part) + 1 / 0.9, rel=1e-9)


def test_recompressed_vapour_gives_what_it_takes_and_the_work_less_hot_condensate() -> None:
    power = recompression_power(0.1, 0.2, 0.72, 1.0)
    taken = recompression_heat(0.1, 0.2, 0.72)
    # q = r(0.1) + w - (h'(0.2) - h'(0.1)) = 2257.4 + w - (504.7 - 417.4) kJ/kg
    assert power + taken - 1 == pytest.approx((504.7 - 417.4) * taken / 2257.4, rel=1e-3)
    # s''(0.1) 7.3588 kJ/(kg K) lies at 0.2 MPa between 150 degC (h 2769.1, s 7.2810) and
    # 200 degC (2870.8, 7.5081): h 2803.
    work = (2803.0 - 2674.9) / 0.72
    assert power == pytest.approx(work / (2674.9 + work - 504.7), rel=5e-3)


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        (
            "turbine_power",
            {"inlet": 1.1, "outlet": 1.1, "returned": 95, "isentropic": 0.7, "mechanical": 0.9},
            "physics.pressure_rises",
        ),
        (
            "turbine_power",
            {"inlet": 25, "outlet": 1.1, "returned": 95, "isentropic": 0.7, "mechanical": 0.9},
            "physics.no_steam_pressure",
        ),
        (
            "turbine_steam",
            {"inlet": 2.6, "outlet": 1.1, "returned": 95, "isentropic": 1.7, "mechanical": 0.9},
            "physics.not_a_share",
        ),
        (
            "turbine_exhaust",
            {"inlet": 2.6, "outlet": 0.05, "returned": 95, "isentropic": 0.7, "mechanical": 0.9},
            "physics.not_water",
        ),
        (
            "condensate_heating",
            {"inlet": 2.6, "outlet": 0.05, "returned": 60, "isentropic": 0.7, "mechanical": 0.9},
            "physics.not_hotter",
        ),
        (
            "recompression_power",
            {"inlet": 0.2, "outlet": 0.1, "isentropic": 0.7, "mechanical": 0.9},
            "physics.pressure_falls",
        ),
    ],
)
def test_impossible_machines_are_refused(name: str, arguments: dict, code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        FORMULAS[name](**arguments)
    assert raised.value.code == code
    assert raised.value.text("zh") != raised.value.text("en")


def test_power_from_steam_never_exceeds_carnot() -> None:
    # Saturated steam of 1.1 MPa gives its latent heat at 184.07 degC; the rest is colder.
    best = 1 - (273.15 + 36.16) / (273.15 + 184.07)  # 0.006 MPa condenses at 36.16 degC
    assert turbine_power(1.1, 0.006, 36.2 + 0.1, 1.0, 1.0) < best
    assert steam_enthalpy(1.1) > water_enthalpy(1.1)
