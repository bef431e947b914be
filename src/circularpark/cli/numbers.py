"""Amounts as people read them; every face writes them alike."""

from __future__ import annotations

from circularpark.show.figures import (
    amount,
    figures,
    number_in_full,
    percent,
    rounded,
    unit_name,
    unit_words,
)

__all__ = ["amount", "figures", "number_in_full", "percent", "rounded", "unit_name", "unit_words"]
