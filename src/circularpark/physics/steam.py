"""Water and steam: saturation, enthalpies, and the levels of a steam network.

All pressures are absolute [MPa] (a gauge of 1.0 MPa(g) is 1.1 MPa), all temperatures degC. The
heat of a carrier is counted above its return temperature: water at the pressure of the level
that comes back at ``returned``. Properties: IAPWS R7-97(2012), the Industrial Formulation 1997,
by the library seuif97.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from circularpark.physics.formula_errors import FormulaError

if TYPE_CHECKING:
    from types import ModuleType

KJ_PER_KG_IN_MWH_PER_T: Final = 1 / 3600
# Where water and its vapour stand side by side: IAPWS R7-97, the triple and the critical point.
LEAST_PRESSURE: Final = 0.000611657  # MPa
CRITICAL_PRESSURE: Final = 22.064  # MPa
LEAST_TEMPERATURE: Final = 0.01  # degC
CRITICAL_TEMPERATURE: Final = 373.946  # degC
HOTTEST_STEAM: Final = 800.0  # degC, the end of region 2 of R7-97


class Level(NamedTuple):
    """A steam level as a row of ``commodities`` states it, and the heat of a tonne of it."""

    temperature: float
    return_temperature: float
    latent_temperature: float
    latent_share: float
    mwh_per_tonne: float


def saturation_temperature(pressure: float) -> float:
    """The temperature [degC] at which steam condenses at ``pressure`` [MPa absolute].

    Raises
    ------
    FormulaError : the pressure lies outside the saturation table (0.000612 to 22.064 MPa).

    Source: IAPWS R7-97(2012), equation 31.
    """
    return _known(_library().px2t(_saturated(pressure), 1.0), pressure=pressure)


def saturation_pressure(temperature: float) -> float:
    """The pressure [MPa absolute] at which steam condenses at ``temperature`` [degC].

    Raises
    ------
    FormulaError : the temperature lies outside the saturation table (0.01 to 373.946 degC).

    Source: IAPWS R7-97(2012), equation 30.
    """
    if not LEAST_TEMPERATURE <= temperature <= CRITICAL_TEMPERATURE:
        raise FormulaError("physics.no_steam_level", temperature=f"{temperature:g}")
    return _known(_library().tx2p(temperature, 1.0), temperature=temperature)


def steam_enthalpy(pressure: float, temperature: float | None = None) -> float:
    """The enthalpy [kJ/kg] of steam; without a temperature that of saturated steam.

    Raises
    ------
    FormulaError : outside the saturation table, or not hotter than saturated steam.

    Source: IAPWS R7-97(2012), regions 2 and 4.
    """
    level = saturation_temperature(pressure)
    if temperature is None:
        return _known(_library().px2h(pressure, 1.0), pressure=pressure)
    _superheated(temperature, level)
    return _known(_library().pt2h(pressure, temperature), temperature=temperature)


def water_enthalpy(pressure: float, temperature: float | None = None) -> float:
    """The enthalpy [kJ/kg] of water; without a temperature that of boiling water.

    Raises
    ------
    FormulaError : outside the saturation table, or the water would boil.

    Source: IAPWS R7-97(2012), regions 1 and 4.
    """
    level = saturation_temperature(pressure)
    if temperature is None:
        return _known(_library().px2h(pressure, 0.0), pressure=pressure)
    if not 0 <= temperature < level:
        raise FormulaError(
            "physics.not_water", temperature=f"{temperature:g}", level=f"{level:.4g}"
        )
    return _known(_library().pt2h(pressure, temperature), temperature=temperature)


def steam_entropy(pressure: float, temperature: float | None = None) -> float:
    """The entropy [kJ/(kg K)] of steam; without a temperature that of saturated steam.

    Raises
    ------
    FormulaError : as steam_enthalpy.

    Source: IAPWS R7-97(2012), regions 2 and 4.
    """
    if temperature is None:
        return _known(_library().px2s(_saturated(pressure), 1.0), pressure=pressure)
    return _known(_library().pt2s(_saturated(pressure), temperature), temperature=temperature)


def enthalpy_after(pressure: float, entropy: float) -> float:
    """The enthalpy [kJ/kg] of steam, wet or not, at ``pressure`` and ``entropy`` [kJ/(kg K)].

    Raises
    ------
    FormulaError : outside the saturation table.

    Source: IAPWS R7-97(2012), backward equations.
    """
    return _known(_library().ps2h(_saturated(pressure), entropy), pressure=pressure)


def steam_level(pressure: float, returned: float, temperature: float | None = None) -> Level:
    """The columns of a steam carrier: latent share = evaporation / (steam - returned water).

    Parameters
    ----------
    pressure : of the level [MPa absolute]
    returned : temperature at which the condensate (or make-up water) comes back [degC]
    temperature : of superheated steam [degC]; saturated without it

    Returns
    -------
    Level : temperatures [degC], latent share [1], heat of a tonne [MWh]

    Raises
    ------
    FormulaError : outside the saturation table, ``returned`` boils, steam not superheated.

    Source: IAPWS R7-97(2012).
    """
    steam, water = steam_enthalpy(pressure, temperature), water_enthalpy(pressure, returned)
    evaporation = steam_enthalpy(pressure) - water_enthalpy(pressure)
    level = saturation_temperature(pressure)
    return Level(
        temperature=level if temperature is None else temperature,
        return_temperature=returned,
        latent_temperature=level,
        latent_share=evaporation / (steam - water),
        mwh_per_tonne=(steam - water) * KJ_PER_KG_IN_MWH_PER_T,
    )


def _library() -> ModuleType:
    import seuif97

    library: ModuleType = seuif97
    return library


def _saturated(pressure: float) -> float:
    if not LEAST_PRESSURE <= pressure <= CRITICAL_PRESSURE:
        raise FormulaError("physics.no_steam_pressure", pressure=f"{pressure:g}")
    return pressure


def _superheated(temperature: float, level: float) -> None:
    if not level < temperature <= HOTTEST_STEAM:
        raise FormulaError(
            "physics.not_superheated",
            temperature=f"{temperature:g}",
            level=f"{level:.4g}",
            hottest=f"{HOTTEST_STEAM:g}",
        )


def _known(value: float, **where: float) -> float:
    """The library's number; it says -9999 where the formulation has none."""
    if not (math.isfinite(value) and value > -1000):
        raise FormulaError(
            "physics.no_steam_state", state="; ".join(f"{k} {v:g}" for k, v in where.items())
        )
    return float(value)
