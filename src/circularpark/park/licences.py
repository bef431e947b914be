"""Who may take hazardous waste from others: the holders of a licence for its codes."""

from __future__ import annotations

from typing import Final

from circularpark.park.patterns import parts_of

HAZARDOUS: Final = "hazardous_waste"
ANY: Final = "*"


def names_of(cell: str) -> set[str]:
    """The names in a cell that may hold several: ``a;b``."""
    return set(parts_of(cell))


def holds(licence: str, codes: str) -> bool:
    """Whether a licence covers all of a waste's codes; without code any licence will do."""
    own = names_of(licence)
    return ANY in own or (bool(own) and names_of(codes) <= own)
