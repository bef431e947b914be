"""Formulas against numbers worked out by hand, and their refusals."""

from __future__ import annotations

import math

import pytest

from circularpark.park.formula_text import parse_formula
from circularpark.physics.formulas import FORMULAS, FormulaError


def value_of(text: str) -> float:
    """The value of a recipe's formula cell, taken apart as the reader does."""
    parsed = parse_formula(text)
    assert parsed is not None
    name, arguments = parsed
    return FORMULAS[name](**arguments)


def expander(inlet: float, outlet: float, exponent: float) -> str:
    """An expander's formula cell."""
    return (
        f"expander_power(inlet={inlet}, outlet={outlet}, temperature=30, heat_capacity=2.2,"
        f" exponent={exponent}, isentropic=0.75, mechanical=0.95)"
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # 0.5 x 398.15 / 65
        ("heat_pump_cop(source=60, sink=125, share=0.5)", 3.0627),
        ("heat_pump_power(source=60, sink=125, share=0.5)", 1 / 3.0627),
        ("heat_pump_source_heat(source=60, sink=125, share=0.5)", 1 - 1 / 3.0627),
        # 353.15 / 40
        ("carnot_cop(source=40, sink=80)", 8.82875),
        # 0.45 x (1 - 303.15 / 393.15), which the table of technologies rounds to 0.09 to 0.1
        ("orc_efficiency(hot=120, cold=30, share=0.45)", 0.103014),
        ("carnot_efficiency(hot=100, cold=-0.0, share=1)", 0.267989),
        # 0.6 x 280.15 / 28
        ("chiller_cop(cold=7, ambient=35, share=0.6)", 6.00321),
        # 1 / 0.103014, see orc_efficiency; the rest leaves at 30 degC
        ("orc_heat(hot=120, cold=30, share=0.45)", 9.70742),
        ("orc_rejected_heat(hot=120, cold=30, share=0.45)", 8.70742),
        # (1900 - 20) / (1900 - 130) / 0.94
        ("fuel_for_heat(flame=1900, outlet=130, ambient=20, losses=0.06)", 1.12994),
        # 0.75 x 0.95 x 2.2 x 303.15 x (1 - 10^(-0.3 / 1.3)) / 3600
        (
            expander(4, 0.4, 1.3),
            0.0544137,
        ),
    ],
)
def test_values_worked_out_by_hand(text: str, value: float) -> None:
    assert value_of(text) == pytest.approx(value, rel=1e-4)


def test_the_lorenz_machine_uses_logarithmic_means_of_both_sides() -> None:
    sink = (353.15 - 323.15) / math.log(353.15 / 323.15)
    source = (313.15 - 293.15) / math.log(313.15 / 293.15)
    text = "heat_pump_cop(source=40, sink=80, share=0.5, source_out=20, sink_in=50)"
    assert value_of(text) == pytest.approx(0.5 * sink / (sink - source), rel=1e-12)


def test_a_heat_pump_keeps_energy() -> None:
    arguments = {"source": 35.0, "sink": 90.0, "share": 0.5}
    power = FORMULAS["heat_pump_power"](**arguments)
    assert power + FORMULAS["heat_pump_source_heat"](**arguments) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("heat_pump_cop(source=90, sink=60, share=0.5)", "physics.not_hotter"),
        ("heat_pump_cop(source=60, sink=60, share=0.5)", "physics.not_hotter"),
        ("heat_pump_cop(source=-100, sink=200, share=0.5)", "physics.cop_too_low"),
        ("heat_pump_cop(source=60, sink=90, share=1.2)", "physics.not_a_share"),
        ("heat_pump_cop(source=60, sink=90, share=0)", "physics.not_a_share"),
        ("orc_efficiency(hot=20, cold=30, share=0.45)", "physics.not_hotter"),
        ("chiller_cop(cold=40, ambient=30, share=0.5)", "physics.not_hotter"),
        ("carnot_cop(source=-300, sink=30)", "physics.below_absolute_zero"),
        ("carnot_cop(source=20, sink=1e999)", "physics.below_absolute_zero"),
        ("orc_heat(hot=40, cold=30, share=0.45, hot_from=-10)", "physics.not_hotter"),
        (
            "fuel_for_heat(flame=900, outlet=950, ambient=20, losses=0)",
            "physics.not_hotter",
        ),
        ("fuel_for_heat(flame=900, outlet=130, ambient=20, losses=1)", "physics.not_a_loss"),
        (
            expander(1, 2, 1.4),
            "physics.pressure_rises",
        ),
        (
            expander(2, 1, 1),
            "physics.not_an_exponent",
        ),
        (
            expander(2, 0, 1.4),
            "physics.not_positive",
        ),
    ],
)
def test_what_is_unphysical_is_refused_in_both_languages(text: str, code: str) -> None:
    with pytest.raises(FormulaError) as raised:
        value_of(text)
    assert raised.value.code == code
    assert raised.value.text("zh") != raised.value.text("en")


def test_every_formula_says_its_equation_and_source() -> None:
    for name, function in FORMULAS.items():
        text = function.__doc__ or ""
        assert function.__name__ == name
        assert "``" in text.splitlines()[0], name
        assert "ource:" in text or "see heat_pump_cop" in text, name


def test_a_glide_counts_at_its_mean_temperature() -> None:
    mean = (393.15 - 353.15) / math.log(393.15 / 353.15)
    text = "orc_heat(hot=120, cold=30, share=0.45, hot_from=80)"
    assert value_of(text) == pytest.approx(1 / (0.45 * (1 - 303.15 / mean)), rel=1e-12)
