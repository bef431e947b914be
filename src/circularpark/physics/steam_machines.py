"""Machines between two steam levels: turbines, steam cycles, vapour recompression.

Formulas for recipes. All pressures are absolute [MPa] (a gauge of 1.0 MPa(g) is 1.1 MPa), all
temperatures degC; what a carrier brings is counted above its return temperature, as in
``steam.steam_level``.
"""

from __future__ import annotations

from typing import NamedTuple

from circularpark.physics.formula_errors import FormulaError, share_of_one
from circularpark.physics.steam import (
    enthalpy_after,
    saturation_temperature,
    steam_enthalpy,
    steam_entropy,
    water_enthalpy,
)


class Expansion(NamedTuple):
    """Steam through a turbine: enthalpies [kJ/kg] before and after, and shaft work [kJ/kg]."""

    before: float
    after: float
    work: float


def turbine_power(
    inlet: float,
    outlet: float,
    returned: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Power of a turbine: ``isentropic x mechanical x (h1 - h2s) / (h1 - h_returned)`` [MWh/MWh].

    Per MWh of the heat of the steam that enters, counted above the return temperature; also the
    power lost where that steam is taken out before the rest of a turbine.

    Parameters
    ----------
    inlet, outlet : pressures [MPa absolute]
    returned : return temperature of the carrier that enters [degC]
    isentropic : isentropic efficiency, above 0 and at most 1
    mechanical : efficiency of gear and generator, above 0 and at most 1
    temperature : of superheated steam at the inlet [degC]; saturated without it

    Raises
    ------
    FormulaError : outside the saturation table, the outlet not below the inlet, no share.

    Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    power = steam.work * share_of_one(mechanical)
    return power / (steam.before - water_enthalpy(inlet, returned))


def turbine_steam(
    inlet: float,
    outlet: float,
    returned: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Steam heat that a turbine takes per power: ``1 / turbine_power`` [MWh per MWh].

    Parameters, errors and source: see turbine_power. Source: first law, IAPWS R7-97(2012).
    """
    return 1 / turbine_power(inlet, outlet, returned, isentropic, mechanical, temperature)


def turbine_exhaust(
    inlet: float,
    outlet: float,
    returned: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Steam heat left behind a turbine per power: ``(h2 - h_returned) / power`` [MWh per MWh].

    Of a back-pressure turbine, counted like the steam at its inlet above ``returned``: what is
    superheated is cooled with returned water, what is wet is counted with its moisture.

    Parameters, errors and source: see turbine_power; and the outlet must be hotter than
    ``returned``. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    power = steam.work * share_of_one(mechanical)
    return (steam.after - water_enthalpy(outlet, returned)) / power


def condenser_heat(
    inlet: float,
    outlet: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Heat a condensing turbine gives off per power: ``(h2 - h_boiling(outlet)) / power``.

    It comes out at the saturation temperature of ``outlet`` [MWh per MWh].

    Parameters, errors and source: see turbine_power. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    return (steam.after - water_enthalpy(outlet)) / (steam.work * share_of_one(mechanical))


def condensate_heating(
    inlet: float,
    outlet: float,
    returned: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Heat that warms a turbine's condensate: ``(h_returned - h_boiling(outlet)) / power``.

    From the condenser to the return temperature of the carrier, per power [MWh per MWh]: low
    heat can do it, and without it a condensing turbine on a carrier would make energy.

    Parameters, errors and source: see turbine_power; and ``returned`` must be hotter than the
    condenser. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    warm, cool = water_enthalpy(inlet, returned), water_enthalpy(outlet)
    if not warm > cool:
        raise FormulaError(
            "physics.not_hotter",
            hot=f"{returned:.4g}",
            cold=f"{saturation_temperature(outlet):.4g}",
        )
    return (warm - cool) / (steam.work * share_of_one(mechanical))


def boiler_latent_heat(
    inlet: float,
    outlet: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Evaporation heat of a steam cycle: ``(h_vapour - h_boiling) / power`` [MWh per MWh].

    Parameters, errors and source: see turbine_power. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    evaporation = steam_enthalpy(inlet) - water_enthalpy(inlet)
    return evaporation / (steam.work * share_of_one(mechanical))


def boiler_water_heat(
    inlet: float,
    outlet: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Heat that brings a cycle's water to boiling: ``(h_boiling - h_condensate) / power``.

    From the saturation temperature of ``outlet`` to that of ``inlet`` [MWh per MWh].

    Parameters, errors and source: see turbine_power. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    heat = water_enthalpy(inlet) - water_enthalpy(outlet)
    return heat / (steam.work * share_of_one(mechanical))


def boiler_superheat(
    inlet: float,
    outlet: float,
    isentropic: float,
    mechanical: float,
    temperature: float | None = None,
) -> float:
    """Superheating heat of a steam cycle: ``(h1 - h_vapour) / power`` [MWh per MWh].

    From the saturation temperature of ``inlet`` to ``temperature``.

    Parameters, errors and source: see turbine_power. Source: first law, IAPWS R7-97(2012).
    """
    steam = _expansion(inlet, outlet, isentropic, temperature)
    return (steam.before - steam_enthalpy(inlet)) / (steam.work * share_of_one(mechanical))


def recompression_power(inlet: float, outlet: float, isentropic: float, mechanical: float) -> float:
    """Power of vapour recompression per heat: ``(h2s - h1) / isentropic / mechanical / q``.

    ``q`` is what the compressed vapour gives until it has condensed at the outlet pressure
    [MWh power per MWh heat]. Saturated vapour enters: its heat comes from a stream that boils
    or condenses there.

    Parameters
    ----------
    inlet, outlet : pressures of the vapour [MPa absolute]
    isentropic, mechanical : efficiencies of compressor, and of motor and gear

    Raises
    ------
    FormulaError : outside the saturation table, the outlet not above the inlet, no share.

    Source: first law, IAPWS R7-97(2012).
    """
    work, given = _compression(inlet, outlet, isentropic)
    return work / share_of_one(mechanical) / given


def recompression_heat(inlet: float, outlet: float, isentropic: float) -> float:
    """Heat that vapour recompression takes per heat it gives: ``(h_vapour - h_boiling) / q``.

    At the saturation temperature of the inlet [MWh per MWh]. What the condensate still holds
    above it is not counted, so a little less comes out than goes in.

    Parameters, errors and source: see recompression_power. Source: IAPWS R7-97(2012).
    """
    _, given = _compression(inlet, outlet, isentropic)
    return (steam_enthalpy(inlet) - water_enthalpy(inlet)) / given


def _expansion(
    inlet: float, outlet: float, isentropic: float, temperature: float | None
) -> Expansion:
    if not outlet < inlet:
        raise FormulaError("physics.pressure_rises", inlet=f"{inlet:g}", outlet=f"{outlet:g}")
    before = steam_enthalpy(inlet, temperature)
    ideal = enthalpy_after(outlet, steam_entropy(inlet, temperature))
    work = share_of_one(isentropic) * (before - ideal)
    return Expansion(before, before - work, work)


def _compression(inlet: float, outlet: float, isentropic: float) -> tuple[float, float]:
    """Work on the vapour, and heat it gives until it has condensed [kJ/kg]."""
    if not outlet > inlet:
        raise FormulaError("physics.pressure_falls", inlet=f"{inlet:g}", outlet=f"{outlet:g}")
    before = steam_enthalpy(inlet)
    ideal = enthalpy_after(outlet, steam_entropy(inlet))
    work = (ideal - before) / share_of_one(isentropic)
    return work, before + work - water_enthalpy(outlet)
