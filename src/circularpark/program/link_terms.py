"""Terms on what links send: the same for moving costs, moving emissions and factors."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.terms import Term
from circularpark.program.time import Floats
from circularpark.program.variables import Variables


def link_terms(data: Data, var: Variables, kind: str, scope: int, value: Floats) -> list[Term]:
    """Terms on what links send, both ways: value (L, 1 or T)."""
    name = data.link.key["link"]
    back = data.link.back
    terms: list[Term] = []
    if not np.any(value):
        return terms
    start, end, commodity = (
        data.blocks.cells("links", column, name) for column in ("from", "to", "commodity")
    )
    for variable, own, near, far in (
        (var.link_flow, np.arange(len(name)), end, start),
        (var.link_flow_back, back, start, end),
    ):
        if len(own) and np.any(value[own]):
            terms.append(
                Term(
                    kind=kind,
                    scope=scope,
                    variable=variable,
                    position=np.arange(len(own)),
                    value=value[own],
                    table="links",
                    item=name[own],
                    site=near[own],
                    commodity=commodity[own],
                    other_site=far[own],
                )
            )
    return terms
