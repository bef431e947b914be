"""Temperature-dependent coefficients that a recipe may name in its ``formula`` column.

A cell reads ``heat_pump_cop(source=60, sink=125, share=0.5)``, which ``read_park`` takes
apart; the value multiplies the row's rate. Temperatures are in degC; ``share`` is the share
of the ideal (Carnot or Lorenz) machine that a real one reaches: it has no default, since it
needs a source. Steam machines stand in ``steam_machines``, fuels, power cycles and expanders in
``conversion``.

Temperatures of heat pumps, chillers and power cycles are those of evaporation and condensation,
the same as in the recipe's heat rows: the cascade keeps the approach to what is cooled or heated
there, so it counts once and not again in the coefficient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from circularpark.physics import conversion, steam_machines
from circularpark.physics.formula_errors import (
    ZERO_CELSIUS,
    FormulaError,
    check_order,
    kelvin,
    mean_kelvin,
    share_of_one,
)

__all__ = ["FORMULAS", "FormulaError"]


def carnot_efficiency(hot: float, cold: float, share: float) -> float:
    """Power from heat: ``share x (1 - T_cold / T_hot)`` [MWh power per MWh heat].

    Parameters
    ----------
    hot, cold : temperature at which heat is taken and given off [degC]
    share : share of the Carnot efficiency reached, above 0 and at most 1

    Raises
    ------
    FormulaError : hot is not above cold, or share is not a share.

    Source: Carnot (1824).
    """
    warm, cool = kelvin(hot), kelvin(cold)
    check_order(cold, hot)
    return share_of_one(share) * (1 - cool / warm)


def orc_efficiency(hot: float, cold: float, share: float) -> float:
    """Power from an organic Rankine cycle: ``share x (1 - T_cold / T_hot)`` [MWh per MWh].

    ``hot`` is the temperature of the heat, ``cold`` of the cooling water [degC]. The table
    of technologies gives share 0.45 (120 degC: about 0.1; 200 degC: about 0.16); the
    Danish Energy Agency's catalogue gives 0.12 for a typical plant.

    Raises
    ------
    FormulaError : hot is not above cold, or share is not a share.

    Source: carnot_efficiency with the share of the table of technologies, row ``orc``.
    """
    return carnot_efficiency(hot, cold, share)


def carnot_cop(source: float, sink: float) -> float:
    """Heat of the ideal heat pump per power: ``T_sink / (T_sink - T_source)`` [MWh per MWh].

    ``source`` and ``sink`` are temperatures [degC]; the recipe's rate holds the share of it
    that is reached.

    Raises
    ------
    FormulaError : the sink is not above the source.

    Source: Carnot (1824).
    """
    return heat_pump_cop(source, sink, 1.0)


def heat_pump_cop(
    source: float,
    sink: float,
    share: float,
    source_out: float | None = None,
    sink_in: float | None = None,
) -> float:
    """Heat of a heat pump per power: ``share x T_sink / (T_sink - T_source)`` [MWh per MWh].

    With ``source_out`` (the cold end of the source side) or ``sink_in`` (of the sink side) the
    mean temperature of that side, ``(T_1 - T_2) / ln(T_1 / T_2)``, is used: the Lorenz
    instead of the Carnot machine.

    Parameters
    ----------
    source, sink : evaporation and condensation; with a glide, the hot end of each side [degC]
    share : share of the ideal machine reached, above 0 and at most 1

    Raises
    ------
    FormulaError : the sink is not above the source, share is not a share, or less heat
        than power would come out.

    Source: the table of technologies, rows ``hp_dh`` to ``hp_150`` (share 0.5); Lorenz (1894).
    """
    warm = mean_kelvin(sink, sink_in)
    cool = mean_kelvin(source, source_out)
    check_order(cool - ZERO_CELSIUS, warm - ZERO_CELSIUS)
    cop = share_of_one(share) * warm / (warm - cool)
    if cop <= 1:
        raise FormulaError("physics.cop_too_low", cop=f"{cop:.3g}")
    return cop


def heat_pump_power(
    source: float,
    sink: float,
    share: float,
    source_out: float | None = None,
    sink_in: float | None = None,
) -> float:
    """Power of a heat pump per heat it gives: ``1 / COP`` [MWh per MWh].

    Parameters, errors and source: see heat_pump_cop.
    """
    return 1 / heat_pump_cop(source, sink, share, source_out, sink_in)


def heat_pump_source_heat(
    source: float,
    sink: float,
    share: float,
    source_out: float | None = None,
    sink_in: float | None = None,
) -> float:
    """Heat that a heat pump takes from its source per heat it gives: ``1 - 1 / COP``.

    Parameters, errors and source: see heat_pump_cop.
    """
    return 1 - 1 / heat_pump_cop(source, sink, share, source_out, sink_in)


def chiller_cop(cold: float, ambient: float, share: float) -> float:
    """Cold of a compression chiller per power: ``share x T_cold / (T_ambient - T_cold)``.

    Parameters
    ----------
    cold, ambient : temperature of the cold and of where its heat goes [degC]
    share : share of the Carnot machine reached, above 0 and at most 1

    Raises
    ------
    FormulaError : ambient is not above cold, or share is not a share.

    Source: Carnot (1824).
    """
    cool, warm = kelvin(cold), kelvin(ambient)
    check_order(cold, ambient)
    return share_of_one(share) * cool / (warm - cool)


FORMULAS: Final[Mapping[str, Callable[..., float]]] = MappingProxyType(
    {
        "carnot_efficiency": carnot_efficiency,
        "orc_efficiency": orc_efficiency,
        "carnot_cop": carnot_cop,
        "heat_pump_cop": heat_pump_cop,
        "heat_pump_power": heat_pump_power,
        "heat_pump_source_heat": heat_pump_source_heat,
        "chiller_cop": chiller_cop,
        "orc_heat": conversion.orc_heat,
        "orc_rejected_heat": conversion.orc_rejected_heat,
        "fuel_for_heat": conversion.fuel_for_heat,
        "expander_power": conversion.expander_power,
        "turbine_power": steam_machines.turbine_power,
        "turbine_steam": steam_machines.turbine_steam,
        "turbine_exhaust": steam_machines.turbine_exhaust,
        "condenser_heat": steam_machines.condenser_heat,
        "condensate_heating": steam_machines.condensate_heating,
        "boiler_water_heat": steam_machines.boiler_water_heat,
        "boiler_latent_heat": steam_machines.boiler_latent_heat,
        "boiler_superheat": steam_machines.boiler_superheat,
        "recompression_power": steam_machines.recompression_power,
        "recompression_heat": steam_machines.recompression_heat,
    }
)
