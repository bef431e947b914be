"""Water and steam against the published verification values of IAPWS R7-97(2012)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from circularpark.physics.formula_errors import FormulaError
from circularpark.physics.steam import (
    enthalpy_after,
    saturation_pressure,
    saturation_temperature,
    steam_enthalpy,
    steam_entropy,
    steam_level,
    water_enthalpy,
)


@pytest.mark.parametrize(
    ("pressure", "kelvin"), [(0.1, 372.755919), (1.0, 453.035632), (10.0, 584.149488)]
)
def test_saturation_temperatures_of_table_36(pressure: float, kelvin: float) -> None:
    assert saturation_temperature(pressure) + 273.15 == pytest.approx(kelvin, abs=1e-5)


@pytest.mark.parametrize(
    ("kelvin", "pressure"), [(300, 0.353658941e-2), (500, 2.63889776), (600, 12.3443146)]
)
def test_saturation_pressures_of_table_35(kelvin: float, pressure: float) -> None:
    assert saturation_pressure(kelvin - 273.15) == pytest.approx(pressure, rel=1e-7)


@pytest.mark.parametrize(
    ("pressure", "kelvin", "enthalpy", "entropy"),
    [(0.0035, 700, 3335.68375, 10.1749996), (30, 700, 2631.49474, 5.17540298)],
)
def test_superheated_steam_of_table_15(
    pressure: float, kelvin: float, enthalpy: float, entropy: float
) -> None:
    if pressure > 22.064:
        with pytest.raises(FormulaError):
            steam_enthalpy(pressure, kelvin - 273.15)
    else:
        assert steam_enthalpy(pressure, kelvin - 273.15) == pytest.approx(enthalpy, rel=1e-8)
        assert steam_entropy(pressure, kelvin - 273.15) == pytest.approx(entropy, rel=1e-8)


def test_water_of_table_5() -> None:
    assert water_enthalpy(3.0, 26.85) == pytest.approx(115.331273, rel=1e-8)


def test_wet_steam_keeps_enthalpy_between_water_and_steam() -> None:
    # 10 kPa, s 7.5 kJ/(kg K): steam tables give s' 0.6492, s'' 8.1488, h' 191.81, r 2392.05.
    quality = (7.5 - 0.6492) / (8.1488 - 0.6492)
    assert enthalpy_after(0.01, 7.5) == pytest.approx(191.81 + quality * 2392.05, abs=0.1)


def test_a_level_gives_its_heat_evenly_but_for_its_evaporation() -> None:
    # 1.1 MPa: h' 781.2, h'' 2780.7; water of 95 degC at that pressure 398.8 kJ/kg.
    level = steam_level(1.1, 95)
    assert level.temperature == level.latent_temperature == pytest.approx(184.07, abs=0.01)
    assert level.latent_share == pytest.approx((2780.7 - 781.2) / (2780.7 - 398.8), abs=1e-4)
    assert level.mwh_per_tonne == pytest.approx((2780.7 - 398.8) / 3600, abs=1e-4)
    hot = steam_level(1.1, 95, 310)
    assert hot.latent_temperature == level.latent_temperature
    assert hot.temperature == 310
    assert hot.latent_share < level.latent_share


@pytest.mark.parametrize("pressure", [0.0, 0.0006, 22.1, 23.0, -1.0, float("nan")])
def test_a_pressure_outside_the_saturation_table_is_refused(pressure: float) -> None:
    with pytest.raises(FormulaError) as raised:
        steam_level(pressure, 20)
    assert raised.value.code == "physics.no_steam_pressure"
    assert "22.064" in raised.value.text("zh")


@pytest.mark.parametrize("temperature", [0.0, 374.0, float("nan")])
def test_a_temperature_outside_the_saturation_table_is_refused(temperature: float) -> None:
    with pytest.raises(FormulaError) as raised:
        saturation_pressure(temperature)
    assert raised.value.code == "physics.no_steam_level"


def test_steam_is_hotter_and_water_colder_than_their_saturation() -> None:
    with pytest.raises(FormulaError) as raised:
        steam_enthalpy(1.1, 150)
    assert raised.value.code == "physics.not_superheated"
    with pytest.raises(FormulaError) as raised:
        water_enthalpy(1.1, 200)
    assert raised.value.code == "physics.not_water"


def test_the_engine_does_not_load_the_steam_library() -> None:
    code = (
        "import sys, circularpark; circularpark.build; circularpark.read_park('toy');"
        "print('seuif97' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
