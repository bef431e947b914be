"""Present value, rates of return, payback and loans equal their closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from circularpark.account.money import (
    annuity_factor,
    loan,
    payback,
    present_value,
    returns,
    straight_line,
)

rates = st.floats(0.005, 0.4)
years = st.integers(2, 40)


def test_uneven_payments_are_worth_what_the_hand_finds():
    # -1000 + 500/1.1 + 400/1.21 + 300/1.331 = 10.518...
    assert present_value(0.1, [-1000, 500, 400, 300]) == pytest.approx(
        -1000 + 500 / 1.1 + 400 / 1.21 + 300 / 1.331, rel=1e-14
    )


@given(rates, years)
def test_an_annuity_is_worth_its_closed_form(rate, count):
    closed = (1 - (1 + rate) ** -count) / rate
    assert annuity_factor(rate, count) == pytest.approx(closed, rel=1e-12)


def test_an_annuity_without_interest_is_its_years():
    assert annuity_factor(0.0, 17) == 17.0


@given(rates, years)
def test_the_rate_of_an_annuity_is_found_again(rate, count):
    saving = rate / (1 - (1 + rate) ** -count)
    found = returns([-1.0, *[saving] * count])
    assert found.status == "one"
    assert found.rate == pytest.approx(rate, rel=1e-9)


def test_a_perpetuity_of_two_years_has_the_rate_of_its_quadratic():
    # 1000 = 600 x + 600 x^2 gives x = (-600 + sqrt(360000 + 2400000)) / 1200.
    x = (-600 + math.sqrt(360_000 + 2_400_000)) / 1200
    assert returns([-1000, 600, 600]).rate == pytest.approx(1 / x - 1, rel=1e-12)


@pytest.mark.parametrize("flows", [[-100, -5, -5], [10, 20], [0, 0], [], [-100]])
def test_payments_that_never_change_their_sign_have_no_rate(flows):
    assert returns(flows).status == "none"
    assert returns(flows).rate is None


def test_payments_that_change_their_sign_twice_may_still_have_no_rate():
    # -1 + 2.2 x - 1.5 x^2 has a negative discriminant.
    assert returns([-1.0, 2.2, -1.5]).status == "none"


def test_several_rates_are_said_and_none_is_the_answer():
    # -1 + 2.3 x - 1.32 x^2 is zero at x = 1/1.1 and 1/1.2.
    found = returns([-1.0, 2.3, -1.32])
    assert found.status == "several"
    assert found.rates == pytest.approx((0.1, 0.2), rel=1e-9)
    assert found.rate is None


def test_a_saving_that_does_not_pay_the_money_back_has_a_negative_rate():
    assert returns([-100.0, 50.0, 40.0]).rate == pytest.approx(-0.0699, abs=1e-4)


@given(rates, years, st.floats(1.2, 5))
def test_discounted_payback_of_whole_years_is_the_annuity_formula(rate, count, more):
    # An investment worth exactly so many years of saving is back after them.
    flows = [-annuity_factor(rate, count), *[1.0] * int(count * more)]
    assert payback(flows, rate) == pytest.approx(count, abs=1e-6)
    closed = -math.log(1 - annuity_factor(rate, count) * rate) / math.log(1 + rate)
    assert payback(flows, rate) == pytest.approx(closed, rel=1e-6)


def test_simple_payback_is_a_quotient():
    assert payback([-100, 40, 40, 40]) == pytest.approx(100 / 40)


def test_what_is_never_paid_back_has_no_payback():
    assert payback([-100, 40, 40, 40], 0.12) is None
    assert payback([-100.0]) is None


def test_a_renewal_is_paid_back_too():
    # Back after two years, paid again in the third, back for good in the middle of the fifth.
    assert payback([-100, 50, 50, -75, 50, 50]) == pytest.approx(4.5)


def test_nothing_paid_is_back_at_once():
    assert payback([0.0, 10.0]) == 0.0


@given(st.floats(0.0, 0.2), st.integers(1, 30))
def test_a_loan_is_paid_back_in_equal_payments(rate, count):
    found = loan(1000.0, rate, count)
    assert found.repaid.sum() == pytest.approx(1000.0, rel=1e-9)
    assert np.ptp(found.service) == pytest.approx(0.0, abs=1e-6)
    # At its own rate a loan is worth what was lent.
    assert present_value(rate, np.r_[0.0, found.service]) == pytest.approx(1000.0, rel=1e-9)


def test_no_loan_costs_nothing():
    assert loan(0.0, 0.05, 10).service.sum() == 0.0


def test_depreciation_ends_with_its_years_or_with_the_project():
    assert straight_line(100.0, 4, 6).tolist() == [25, 25, 25, 25, 0, 0]
    assert straight_line(100.0, 10, 2).tolist() == [10, 10]
