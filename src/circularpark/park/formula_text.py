"""A formula cell, ``name(argument=number, ...)``, taken apart; it is never evaluated as code."""

from __future__ import annotations

import re
from typing import Final

CALL: Final = re.compile(r"\s*([A-Za-z]\w*)\s*\((.*)\)\s*", re.DOTALL)
ARGUMENT: Final = re.compile(r"\s*([A-Za-z]\w*)\s*=\s*([^=,]+?)\s*")
NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
NAME: Final = re.compile(r"[A-Za-z]\w*")


def parse_formula(text: str) -> tuple[str, dict[str, float | str]] | None:
    """The function's name and its arguments; None where the text is no such call.

    An argument is a number, or the name of a number column of the same recipe row.
    """
    call = CALL.fullmatch(text)
    if call is None:
        return None
    arguments: dict[str, float | str] = {}
    parts = call[2].split(",") if call[2].strip() else []
    for part in parts:
        argument = ARGUMENT.fullmatch(part)
        if argument is None or argument[1] in arguments:
            return None
        if NUMBER.fullmatch(argument[2]):
            arguments[argument[1]] = float(argument[2])
        elif NAME.fullmatch(argument[2]):
            arguments[argument[1]] = argument[2]
        else:
            return None
    return call[1], arguments
