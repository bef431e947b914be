"""From the columns of a point to flows keyed like the park's tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from circularpark.account.flows import Flows, Quantity
from circularpark.park.keys import Keys
from circularpark.program.assemble import Problem
from circularpark.program.bounds import once_over_time
from circularpark.program.time import Floats


def flows_of(problem: Problem, x: Floats) -> Flows:
    """The columns of a point as quantities keyed like the park's tables."""
    found: dict[str, Quantity] = {}
    for variable in problem.var:
        values = x[variable.start : variable.stop].reshape(variable.entities, variable.width)
        # Tolerances leave dust below a bound; a flow is never negative.
        lower, upper = once_over_time(variable.lower), once_over_time(variable.upper)
        clean = np.clip(values, lower, np.maximum(upper, lower))
        found[variable.name] = Quantity(variable.key, variable.axis, variable.labels, clean)
    return _with_free_capacity(problem, found)


def _with_free_capacity(problem: Problem, flows: dict[str, Quantity]) -> Flows:
    """Capacity that costs nothing is built in the first year as large as it is used."""
    data = problem.data
    free = np.flatnonzero(data.item.free[data.link.item])
    if not len(free):
        return flows
    used = flows["link_flow"].values[free].max(axis=1, initial=0.0)
    back = np.zeros(len(data.link.item))
    back[data.link.back] = flows["link_flow_back"].values.max(axis=1, initial=0.0)
    used = used + back[free]
    built = np.flatnonzero(used > 0)
    years = len(data.time.years)
    named = data.link.key["link"][free[built]]
    first = np.zeros((len(built), years))
    first[:, 0] = used[built]
    capacity = np.repeat(used[built][:, None], years, axis=1)
    for name, more in (("build", first), ("capacity", capacity)):
        old = flows[name]
        flows[name] = replace(
            old,
            key=Keys({"item": np.concatenate([old.key["item"], named])}),
            values=np.concatenate([old.values, more]),
        )
    return flows
