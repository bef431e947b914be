"""Temperature-dependent coefficients that a recipe may name in its ``formula`` column.

A cell reads ``heat_pump_cop(source=60, sink=125, share=0.5)``, which ``read_park`` takes
apart; the value multiplies the row's rate. Temperatures are in degC; ``share`` is the share
of the ideal (Carnot or Lorenz) machine that a real one reaches: it has no default, since it
needs a source.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from circularpark.words import Language, say

_ZERO_CELSIUS: Final = 273.15  # by definition of the degree Celsius [K]


class FormulaError(ValueError):
    """The arguments of a formula are unphysical; ``text(lang)`` says why."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(self.text("en"))

    def text(self, lang: Language) -> str:
        """The reason in ``lang``."""
        return say(self.code, lang, **self.values)


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
    warm, cool = _kelvin(hot), _kelvin(cold)
    _check_order(cold, hot)
    return _share(share) * (1 - cool / warm)


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

    With ``source_out`` (the source is cooled to it) or ``sink_in`` (the sink is heated
    from it) the mean temperature of that side, ``(T_1 - T_2) / ln(T_1 / T_2)``, is used:
    the Lorenz instead of the Carnot machine.

    Parameters
    ----------
    source, sink : temperature of the source as it comes and of the sink as it leaves [degC]
    share : share of the ideal machine reached, above 0 and at most 1

    Raises
    ------
    FormulaError : the sink is not above the source, share is not a share, or less heat
        than power would come out.

    Source: the table of technologies, rows ``hp_dh`` to ``hp_150`` (share 0.5); Lorenz (1894).
    """
    warm = _mean_kelvin(sink, sink_in)
    cool = _mean_kelvin(source, source_out)
    _check_order(cool - _ZERO_CELSIUS, warm - _ZERO_CELSIUS)
    cop = _share(share) * warm / (warm - cool)
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
    cool, warm = _kelvin(cold), _kelvin(ambient)
    _check_order(cold, ambient)
    return _share(share) * cool / (warm - cool)


FORMULAS: Final[Mapping[str, Callable[..., float]]] = MappingProxyType(
    {
        "carnot_efficiency": carnot_efficiency,
        "orc_efficiency": orc_efficiency,
        "carnot_cop": carnot_cop,
        "heat_pump_cop": heat_pump_cop,
        "heat_pump_power": heat_pump_power,
        "heat_pump_source_heat": heat_pump_source_heat,
        "chiller_cop": chiller_cop,
    }
)


def _kelvin(celsius: float) -> float:
    kelvin = celsius + _ZERO_CELSIUS
    if not (math.isfinite(kelvin) and kelvin > 0):
        raise FormulaError("physics.below_absolute_zero", temperature=f"{celsius:g}")
    return kelvin


def _mean_kelvin(one: float, other: float | None) -> float:
    """The temperature at which heat given evenly between two temperatures counts."""
    first = _kelvin(one)
    if other is None or other == one:
        return first
    second = _kelvin(other)
    return (first - second) / math.log(first / second)


def _check_order(cold: float, hot: float) -> None:
    if not hot > cold:
        raise FormulaError("physics.not_hotter", hot=f"{hot:.4g}", cold=f"{cold:.4g}")


def _share(share: float) -> float:
    if not 0 < share <= 1:
        raise FormulaError("physics.not_a_share", share=f"{share:g}")
    return share
