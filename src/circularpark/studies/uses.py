"""How much of each thing is used: linear forms over the columns of a program."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from circularpark.program.assemble import Problem
from circularpark.program.time import Floats

# How the families of rows are called that hold what is used of a capacity within it.
ASKS = "_capacity"


def summed(
    problem: Problem, name: str, row: np.ndarray, weight: Floats, rows: int
) -> sparse.csr_array:
    """The weighed sum of each entity's columns, a row each, (rows, n)."""
    variable = getattr(problem.var, name)
    columns = variable.columns()
    values = np.broadcast_to(weight, columns.shape)
    at = np.broadcast_to(np.asarray(row)[:, None], columns.shape)
    shape = (rows, problem.var.size)
    return sparse.csr_array((values.ravel(), (at.ravel(), columns.ravel())), shape=shape)


def asked_of_capacity(problem: Problem) -> tuple[sparse.csr_array, np.ndarray]:
    """How much capacity each period asks for: (r, n) a row each, and whose it is, (r,).

    The rows are those that hold a flow within a capacity, in order of their periods.
    """
    capacity, matrix = problem.var.capacity, problem.matrix.tocsr()
    families = [b for b in problem.blocks if b.family.endswith(ASKS)]
    rows = [np.arange(r.start, r.stop) for r in (problem.block(b.family)[1] for b in families)]
    every = np.concatenate([*rows, np.zeros(0, dtype=int)]).astype(np.int64)
    part = matrix[every].tocoo()
    stock = (part.col >= capacity.start) & (part.col < capacity.stop) & (part.data < 0)
    share, item = np.zeros(len(every)), np.full(len(every), -1)
    share[part.row[stock]] = -part.data[stock]
    item[part.row[stock]] = (part.col[stock] - capacity.start) // capacity.width
    with np.errstate(divide="ignore"):
        per_unit = np.where(share > 0, 1.0 / share, 0.0)
    flow = sparse.csr_array(
        (part.data[~stock] * per_unit[part.row[~stock]], (part.row[~stock], part.col[~stock])),
        shape=part.shape,
    )
    # Periods without any available capacity ask for none; their rows stay, at nothing.
    width = len(problem.data.time.period)
    whole = item.reshape(-1, width).max(axis=1, initial=-1)
    kept = np.repeat(whole >= 0, width)
    return sparse.csr_array(flow[np.flatnonzero(kept)]), np.repeat(whole, width)[kept]


def uses(problem: Problem) -> tuple[dict[str, str], list[Floats]]:
    """Everything that may be used and how much it is: id -> kind, and its mean rate as a form.

    Links that stand or not; processes and stores that can be built.
    """
    data, time = problem.data, problem.data.time
    weight = time.span * time.probability
    weight = weight / weight.sum()
    names = data.link.key["link"]
    both = summed(problem, "link_flow", np.arange(len(names)), weight, len(names)) + summed(
        problem, "link_flow_back", data.link.back, weight, len(names)
    )
    kinds = {str(name): "link" for name in names}
    forms = [both[[place]].toarray().ravel() for place in range(len(names))]
    asked, item = asked_of_capacity(problem)
    ids = problem.var.build.key["item"]
    kind = data.item.kind[data.item.expandable]
    steps = np.tile(weight, len(item) // max(len(time.period), 1))
    mean = sparse.csr_array((steps, (item, np.arange(len(item)))), shape=(len(ids), len(item)))
    used = sparse.csr_array(mean @ asked)
    for place in np.flatnonzero((kind == "process") | (kind == "storage")):
        kinds[str(ids[place])] = str(kind[place])
        forms.append(used[[place]].toarray().ravel())
    return kinds, forms
