"""What a project is worth to those who pay for it: tax, carbon price, loan, contract, range.

All amounts are real money of the park's price year, discounted at the park's rate. The
investment is paid at the start, what it saves comes at the end of each year. A part that does
not live as long as the project is renewed like for like; what a renewal is still worth at the
project's end comes back, counted so that its yearly cost is the model's annuity throughout.
Losses of a project save tax on its owner's other profits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from circularpark.account.money import (
    Loan,
    Returns,
    annuity_factor,
    loan,
    payback,
    present_value,
    returns,
    straight_line,
)
from circularpark.park.finance import Terms
from circularpark.program.time import Floats

# A thing without a lifetime is counted over so many years.
LONGEST = 50


@dataclass(frozen=True)
class Outlay:
    """What a project costs to build: items with capex, start (years after the first), lifetime."""

    capex: Floats
    start: np.ndarray
    lifetime: np.ndarray

    @classmethod
    def of(cls, items: pd.DataFrame) -> Outlay:
        """From items: capex, year, lifetime."""
        year = items["year"].to_numpy(dtype=np.int64)
        life = np.nan_to_num(items["lifetime"].to_numpy(dtype=float), nan=LONGEST, posinf=LONGEST)
        life = np.clip(np.round(life), 1, LONGEST).astype(np.int64)
        return cls(
            items["capex"].to_numpy(dtype=float), year - (year.min() if len(year) else 0), life
        )

    @property
    def years(self) -> int:
        """How long the project lives: as its part that ends last."""
        return int((self.start + self.lifetime).max(initial=1))

    def scaled(self, factor: Floats | float) -> Outlay:
        """The same with other amounts."""
        return Outlay(self.capex * factor, self.start, self.lifetime)

    def spent(self, rate: float) -> Floats:
        """What is paid for building in every year, renewals and what is left, (years + 1,)."""
        found = np.zeros(self.years + 1)
        for amount, start, life in zip(self.capex, self.start, self.lifetime, strict=True):
            begins = int(start)
            while begins < self.years:
                found[begins] += amount
                ends = begins + int(life)
                if ends > self.years:
                    left = annuity_factor(rate, ends - self.years) / annuity_factor(rate, int(life))
                    found[self.years] -= amount * left
                begins = ends
        return found

    def depreciated(self, years: int) -> Floats:
        """Straight-line depreciation of all that is built, (years of the project,)."""
        found = np.zeros(self.years)
        for amount, start, life in zip(self.capex, self.start, self.lifetime, strict=True):
            for begins in range(int(start), self.years, int(life)):
                length = self.years - begins
                found[begins:] += straight_line(amount, min(years, int(life)), length)
        return found


@dataclass(frozen=True)
class Worth:
    """Present value, rates of return and payback of a row of payments."""

    npv: float
    returns: Returns
    payback: float | None

    @classmethod
    def of(cls, flows: Floats, rate: float) -> Worth:
        """Of payments, discounted at ``rate``."""
        return cls(present_value(rate, flows), returns(flows), payback(flows, rate))

    def as_dict(self) -> dict[str, Any]:
        """The three as JSON has them."""
        return {
            "npv": self.npv,
            "irr": self.returns.rate,
            "irr_status": self.returns.status,
            "irr_all": list(self.returns.rates),
            "payback": self.payback,
        }


@dataclass(frozen=True)
class Finances:
    """A project's payments and what they are worth.

    flows : (years + 1,) after tax and subsidy, before loan and carbon price
    before_tax, after_tax, with_carbon : of these; owner : of what the green loan leaves
    loan, cover : amount lent; least of saving / debt service (None without a loan)
    emc_company, emc_host : energy-service contract, before tax; emc_share : the company's share
        at which it earns just the park's rate (None where none does)
    simple : payback without interest or tax
    low, high : present value after tax with the investment at its upper and lower range
    carbon_price : at which the present value after tax is zero (0 where it is above without)
    margin : share by which the yearly saving may fall until then (negative: must grow)
    """

    flows: Floats
    capex: float
    subsidy: float
    saving: float
    before_tax: Worth
    after_tax: Worth
    with_carbon: Worth
    owner: Worth
    loan: float
    cover: float | None
    emc_company: Worth
    emc_host: Worth
    emc_share: float | None
    simple: float | None
    low: float
    high: float
    carbon_price: float | None
    margin: float | None

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        worths = ("before_tax", "after_tax", "with_carbon", "owner", "emc_company", "emc_host")
        plain = ("capex", "subsidy", "saving", "simple", "loan", "cover", "emc_share")
        found: dict[str, Any] = {name: getattr(self, name) for name in plain}
        found |= {name: getattr(self, name).as_dict() for name in worths}
        found |= {"npv_low": self.low, "npv_high": self.high}
        found |= {"break_even_carbon_price": self.carbon_price, "saving_margin": self.margin}
        return found | {"flows": [float(v) for v in self.flows]}


def finances(
    items: pd.DataFrame,
    saving: Floats,
    tonnes: Floats,
    terms: Terms,
    rate: float,
    own: Mapping[str, float] | None = None,
) -> Finances:
    """What a project is worth.

    Parameters
    ----------
    items : capex, year, lifetime, least, most (factors on the capex: its range)
    saving : (years,) what it saves in every year, its running cost taken off [money]
    tonnes : (years,) CO2 it saves [t]; both as long as the project lives
    terms : tax, carbon price, loan, contract, support; rate : the park's, real
    own : ``subsidy`` [money], ``loan_share``, ``loan_rate``, ``loan_years`` of this project
    """
    own = own or {}
    outlay = Outlay.of(items)
    capex = float(outlay.capex.sum())
    subsidy = own.get("subsidy", terms.subsidy(capex))
    tax = terms.number("income_tax")

    def taxed(built: Outlay, gained: Floats, *, interest: Floats | None = None) -> Floats:
        """Payments after tax and subsidy."""
        flows = -built.spent(rate)
        flows[0] += subsidy
        total = float(built.capex.sum())
        share = 1.0 - subsidy / total if total > 0 else 1.0
        profit = gained - share * built.depreciated(int(terms.number("depreciation_years")))
        if interest is not None:
            profit[: len(interest)] -= interest[: len(profit)]
        flows[1:] += gained - tax * profit
        flows[1] += terms.credit * total
        return flows

    plain = -outlay.spent(rate)
    plain[0] += subsidy
    plain[1:] += saving
    after = taxed(outlay, saving)
    carbon = taxed(outlay, saving + terms.number("carbon_price") * tonnes)
    ranged = [
        present_value(rate, taxed(outlay.scaled(items[column].to_numpy(dtype=float)), saving))
        for column in ("most", "least")
    ]
    npv = present_value(rate, after)
    worth_of = (1.0 - tax) * present_value(rate, np.r_[0.0, saving])
    per_price = (1.0 - tax) * present_value(rate, np.r_[0.0, tonnes])
    lent = _lent(capex - subsidy, terms, own, outlay.years)
    company, host, fair = _contract(plain, saving, terms, rate)
    return Finances(
        flows=after,
        capex=capex,
        subsidy=subsidy,
        saving=float(saving[0]),
        before_tax=Worth.of(plain, rate),
        after_tax=Worth.of(after, rate),
        with_carbon=Worth.of(carbon, rate),
        owner=Worth.of(_owned(taxed(outlay, saving, interest=lent.interest), lent), rate),
        loan=lent.amount,
        cover=_cover(after, lent.service),
        emc_company=company,
        emc_host=host,
        emc_share=fair,
        simple=payback(plain),
        low=min(ranged),
        high=max(ranged),
        carbon_price=max(-npv / per_price, 0.0) if per_price > 0 else None,
        margin=npv / worth_of if worth_of > 0 else None,
    )


def _lent(amount: float, terms: Terms, own: Mapping[str, float], years: int) -> Loan:
    """The green loan of a project; never longer than the project lives."""
    share = own.get("loan_share", terms.number("loan_share"))
    length = int(own.get("loan_years", terms.number("loan_years")))
    return loan(amount * share, own.get("loan_rate", terms.number("loan_rate")), min(length, years))


def _owned(flows: Floats, lent: Loan) -> Floats:
    """What is left to the owner after the loan is served."""
    found = flows.copy()
    found[0] += lent.amount
    found[1 : 1 + len(lent.service)] -= lent.service
    return found


def _cover(flows: Floats, service: Floats) -> float | None:
    """The least of what comes in over what the loan takes, in the years of the loan."""
    if not service.any():
        return None
    return float((flows[1 : 1 + len(service)] / service).min())


def _contract(
    plain: Floats, saving: Floats, terms: Terms, rate: float
) -> tuple[Worth, Worth, float | None]:
    """The energy-service company's and the host's part, and the share that is just enough.

    The company pays for building and takes its share of the saving for the contract's years;
    renewals and what is left are the host's.
    """
    length = min(int(terms.number("emc_years")), len(saving))
    share = terms.number("emc_share")
    company = np.zeros(len(plain))
    company[0] = plain[0]
    company[1 : 1 + length] = share * saving[:length]
    shared = present_value(rate, np.r_[0.0, saving[:length]])
    fair = -float(plain[0]) / shared if shared > 0 else None
    enough = fair if fair is not None and fair <= 1 else None
    return Worth.of(company, rate), Worth.of(plain - company, rate), enough
