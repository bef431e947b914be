"""Formulas against numbers worked out by hand, and their refusals."""

from __future__ import annotations

import math

import pytest

from circularpark.physics.formulas import FORMULAS, FormulaError, evaluate


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # 0.5 x 398.15 / 65
        ("heat_pump_cop(source=60, sink=125, share=0.5)", 3.0627),
        ("heat_pump_cop(60, 125, 0.5)", 3.0627),
        ("heat_pump_power(60, 125, 0.5)", 1 / 3.0627),
        ("heat_pump_source_heat(60, 125, 0.5)", 1 - 1 / 3.0627),
        # 353.15 / 40
        ("carnot_cop(source=40, sink=80)", 8.82875),
        # 0.45 x (1 - 303.15 / 393.15), which the table of technologies rounds to 0.09 to 0.1
        ("orc_efficiency(hot=120, cold=30, share=0.45)", 0.103014),
        ("carnot_efficiency(hot=100, cold=-0.0, share=1)", 0.267989),
        # 0.6 x 280.15 / 28
        ("chiller_cop(cold=7, ambient=35, share=0.6)", 6.00321),
    ],
)
def test_values_worked_out_by_hand(text: str, value: float) -> None:
    assert evaluate(text) == pytest.approx(value, rel=1e-4)


def test_the_lorenz_machine_uses_logarithmic_means_of_both_sides() -> None:
    sink = (353.15 - 323.15) / math.log(353.15 / 323.15)
    source = (313.15 - 293.15) / math.log(313.15 / 293.15)
    text = "heat_pump_cop(source=40, sink=80, share=0.5, source_out=20, sink_in=50)"
    assert evaluate(text) == pytest.approx(0.5 * sink / (sink - source), rel=1e-12)


def test_a_heat_pump_keeps_energy() -> None:
    arguments = {"source": 35.0, "sink": 90.0, "share": 0.5}
    power = FORMULAS["heat_pump_power"](**arguments)
    assert power + FORMULAS["heat_pump_source_heat"](**arguments) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("heat_pump_cop(90, 60, 0.5)", "physics.not_hotter"),
        ("heat_pump_cop(60, 60, 0.5)", "physics.not_hotter"),
        ("heat_pump_cop(-100, 200, 0.5)", "physics.cop_too_low"),
        ("heat_pump_cop(60, 90, 1.2)", "physics.not_a_share"),
        ("heat_pump_cop(60, 90, 0)", "physics.not_a_share"),
        ("orc_efficiency(20, 30, 0.45)", "physics.not_hotter"),
        ("chiller_cop(40, 30, 0.5)", "physics.not_hotter"),
        ("carnot_cop(-300, 30)", "physics.below_absolute_zero"),
        ("carnot_cop(20, 1e999)", "physics.below_absolute_zero"),
        ("perpetual_motion(20, 30)", "physics.formula_unknown"),
        ("carnot_cop(20)", "physics.formula_arguments"),
        ("carnot_cop(20, sunk=30)", "physics.formula_arguments"),
        ("carnot_cop(20, '30')", "physics.formula_unreadable"),
        ("carnot_cop(20, 2 ** 9)", "physics.formula_unreadable"),
        ("carnot_cop(*[20, 30])", "physics.formula_unreadable"),
        ("().__class__()", "physics.formula_unreadable"),
        ("0.5", "physics.formula_unreadable"),
        ("carnot_cop(20, 30", "physics.formula_unreadable"),
        ("carnot_cop(20, " + "-" * 300 + "3)", "physics.formula_unreadable"),
    ],
)
def test_what_is_unphysical_or_no_formula_is_refused_in_both_languages(
    text: str, code: str
) -> None:
    with pytest.raises(FormulaError) as raised:
        evaluate(text)
    assert raised.value.code == code
    assert raised.value.text("zh") != raised.value.text("en")


def test_every_formula_says_its_equation_and_source() -> None:
    for name, function in FORMULAS.items():
        text = function.__doc__ or ""
        assert function.__name__ == name
        assert "``" in text.splitlines()[0], name
        assert "ource:" in text or "see heat_pump_cop" in text, name
