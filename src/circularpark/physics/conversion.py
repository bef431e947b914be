"""Formulas for fuels, organic Rankine cycles and expanders."""

from __future__ import annotations

import math

from circularpark.physics.formula_errors import (
    ZERO_CELSIUS,
    FormulaError,
    check_order,
    kelvin,
    mean_kelvin,
    positive,
    share_of_one,
)


def orc_heat(hot: float, cold: float, share: float, hot_from: float | None = None) -> float:
    """Heat of a power cycle per power: ``1 / (share x (1 - T_cold / T_hot))`` [MWh per MWh].

    Parameters
    ----------
    hot, cold : temperature at which the cycle takes heat and gives off the rest [degC]
    share : share of the Carnot efficiency reached, above 0 and at most 1
    hot_from : with a glide, where it begins; its mean temperature is used instead of ``hot``

    Raises
    ------
    FormulaError : the mean hot temperature is not above cold, or share is not a share.

    Source: Carnot (1824), Lorenz (1894); share 0.45 from the table of technologies, row ``orc``.
    """
    warm, cool = mean_kelvin(hot, hot_from), kelvin(cold)
    check_order(cool - ZERO_CELSIUS, warm - ZERO_CELSIUS)
    return 1 / (share_of_one(share) * (1 - cool / warm))


def orc_rejected_heat(
    hot: float, cold: float, share: float, hot_from: float | None = None
) -> float:
    """Heat that a power cycle gives off at ``cold`` per power: ``orc_heat - 1`` [MWh per MWh].

    Parameters, errors and source: see orc_heat. Source: first law.
    """
    return orc_heat(hot, cold, share, hot_from) - 1


def fuel_for_heat(flame: float, outlet: float, ambient: float, losses: float) -> float:
    """Fuel energy per heat: ``(T_flame - T_ambient) / (T_flame - T_outlet) / (1 - losses)``.

    The flue gas is cooled from the flame to the outlet, no colder than its acid (or water) dew
    point allows; what it still holds goes up the stack [MWh net calorific value per MWh heat].

    Parameters
    ----------
    flame : adiabatic temperature of the flame [degC]
    outlet : of the flue gas, at least the floor of its fuel [degC]
    ambient : of fuel and air [degC]
    losses : share of the fuel lost through walls and unburnt, at least 0 and below 1

    Raises
    ------
    FormulaError : flame not above outlet, outlet not above ambient, losses no such share.

    Source: first law with one heat capacity of the flue gas (Siegert's assumption).
    """
    kelvin(ambient)
    check_order(ambient, outlet)
    check_order(outlet, flame)
    if not 0 <= losses < 1:
        raise FormulaError("physics.not_a_loss", losses=f"{losses:g}")
    return (flame - ambient) / (flame - outlet) / (1 - losses)


def expander_power(
    inlet: float,
    outlet: float,
    temperature: float,
    heat_capacity: float,
    exponent: float,
    isentropic: float,
    mechanical: float,
) -> float:
    """Power of expanding gas: ``n x cp x T x (1 - (p2 / p1)^((k - 1) / k))`` [MWh per t].

    Parameters
    ----------
    inlet, outlet : pressures [MPa absolute]
    temperature : of the gas at the inlet [degC]
    heat_capacity : cp of the gas [kJ/(kg K)]
    exponent : isentropic exponent k, above 1
    isentropic, mechanical : efficiencies, their product is n

    Raises
    ------
    FormulaError : the outlet is not below the inlet, a number is not positive, no share.

    Source: ideal gas; the table of technologies, row ``ng_letdown``.
    """
    positive("outlet", outlet)
    if not outlet < inlet:
        raise FormulaError("physics.pressure_rises", inlet=f"{inlet:g}", outlet=f"{outlet:g}")
    if not exponent > 1:
        raise FormulaError("physics.not_an_exponent", exponent=f"{exponent:g}")
    drop = 1 - math.pow(outlet / inlet, (exponent - 1) / exponent)
    work = positive("heat_capacity", heat_capacity) * kelvin(temperature) * drop
    return share_of_one(isentropic) * share_of_one(mechanical) * work / 3600
