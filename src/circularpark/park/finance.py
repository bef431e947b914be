"""The terms on which projects are paid: carbon price, tax, loan, contract, subsidy.

They come from ``catalogue/finance.csv``, each with its source and confidence; a file of one's
own replaces them one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Final

import pandas as pd

from circularpark.errors import Finding

FILE: Final = "finance.csv"
MONEY: Final = "CNY"
# Confidence words of the data, from the best: what an estimate with it may be wrong by.
SOURCED: Final = ("verified", "seed-readable", "surveyed", "metered")
REMEMBERED: Final = ("memory",)
# Terms that cannot be more than the whole, or less than nothing.
SHARES: Final = frozenset(
    {"income_tax", "loan_share", "emc_share", "subsidy_share", "equipment_credit"}
)
YEARS: Final = frozenset({"depreciation_years", "loan_years", "emc_years"})


@dataclass(frozen=True)
class Terms:
    """The terms as a table: id, name_zh, name_en, value, low, high, unit, source, confidence, note.

    support : whether the state's support (subsidy, tax credit) is counted on
    """

    table: pd.DataFrame
    support: bool = False

    def number(self, name: str) -> float:
        """The value of a term; a share in % becomes a number between 0 and 1."""
        return self._of(name, "value")

    def capex_range(self, confidence: str) -> tuple[float, float]:
        """By what factors an investment of this confidence may come out: least, most."""
        word = confidence.strip().lower()
        name = "capex_assumed"
        if word.startswith(REMEMBERED):
            name = "capex_remembered"
        elif word.startswith(SOURCED):
            name = "capex_sourced"
        return 1.0 + self._of(name, "low"), 1.0 + self._of(name, "high")

    def subsidy(self, capex: float) -> float:
        """What the state adds to an investment, if its support is counted on."""
        if not self.support:
            return 0.0
        return min(self.number("subsidy_share") * capex, self.number("subsidy_most"))

    @property
    def credit(self) -> float:
        """Share of an investment that is taken off the tax, if support is counted on."""
        return self.number("equipment_credit") if self.support else 0.0

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], float]:
        """(id, column) -> number, shares as numbers between 0 and 1."""
        return {
            (str(row["id"]), column): float(row[column]) / (100.0 if row["unit"] == "%" else 1.0)
            for row in self.table.to_dict("records")
            for column in ("value", "low", "high")
        }

    def _of(self, name: str, column: str) -> float:
        return self._numbers[name, column]


@cache
def _catalogue() -> pd.DataFrame:
    where = resources.files(__package__).joinpath("catalogue", FILE)
    with where.open("r", encoding="utf-8") as file:
        frame = pd.read_csv(file, keep_default_na=False)
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column])
    return frame


def finance_terms(
    currency: str = MONEY, own: Mapping[str, float] | None = None, *, support: bool = False
) -> Terms:
    """The terms for a park, with one's own values in place of the catalogue's.

    Amounts of money are in CNY: a park that counts in another currency has no carbon price and
    no subsidy unless it names them.

    Raises
    ------
    KeyError : a term that is not known.
    """
    frame = _catalogue().copy()
    if currency != MONEY:
        money = frame["unit"].str.startswith(MONEY)
        frame.loc[money, ["value", "low", "high"]] = 0.0
        frame["unit"] = frame["unit"].str.replace(MONEY, currency, regex=False)
    for name, value in (own or {}).items():
        at = frame["id"] == name
        if not at.any():
            raise KeyError(name)
        frame.loc[at, ["value", "low", "high"]] = value
        frame.loc[at, ["source", "confidence", "note"]] = ["own terms", "own", ""]
    return Terms(frame, support)


def term_trouble(name: str, value: float, file: str, row: int) -> Finding | None:
    """What is wrong with a term of one's own; None where nothing is."""
    known = list(_catalogue()["id"])
    if name not in known:
        values = {"known": ", ".join(known)}
        return Finding("evaluate.term", "problem", file, row, "id", name, values)
    shown = f"{value:g}"
    if name in SHARES and not 0 <= value <= 100:
        return Finding("evaluate.share", "problem", file, row, "value", shown)
    if name in YEARS and not (1 <= value <= 60 and value == int(value)):
        return Finding("evaluate.years", "problem", file, row, "value", shown)
    if name in ("carbon_price", "loan_rate", "subsidy_most") and value < 0:
        return Finding("evaluate.negative", "problem", file, row, "value", shown)
    return None
