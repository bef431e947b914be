"""Recipe rows that may stand in for one another: fuels of a kiln, feeds of a mill."""

from __future__ import annotations

import numpy as np

from circularpark.program.data import Data
from circularpark.program.rows import Rows, across, no_rows, rows
from circularpark.program.variables import Variables


def group_total(data: Data, var: Variables) -> Rows:
    r"""The rows of a group together do the whole job of the process.

    .. math:: \sum_{r \in G} \frac{g_{rt}}{|a_{rt}|} = x_{pt} \qquad \forall G,\ t \in T

    g : var.share_flow    [unit/h]  flow of the group's row r
    x : var.activity      [unit/h]  activity of the group's process p
    a : data.recipe.rate  [1]       flow of row r alone per activity

    Dual: what one more unit of the group's work is worth.
    """
    recipe = data.recipe
    flexible = np.flatnonzero(recipe.group >= 0)
    if not len(flexible):
        return no_rows("group_total")
    _, head = np.unique(recipe.group[flexible], return_index=True)
    first = flexible[head]
    index = recipe.key.only("process", "row").take(first)
    return rows(
        "group_total",
        index,
        data.time.period,
        [
            across(
                var.share_flow,
                recipe.group[flexible],
                recipe.share[flexible],
                1.0 / np.abs(recipe.rate[flexible]),
            ),
            across(var.activity, recipe.group[first], recipe.process[first], -1.0),
        ],
        equals=0.0,
    )


def group_least(data: Data, var: Variables) -> Rows:
    r"""A row of a group has at least its share.

    .. math:: g_{rt} \ge s^{min}_{r} |a_{rt}| x_{pt} \qquad \forall r: s^{min}_r > 0,\ t \in T

    g : var.share_flow         [unit/h]  flow of row r
    x : var.activity           [unit/h]  activity of its process
    a : data.recipe.rate       [1]       flow of row r alone per activity
    s : data.recipe.min_share  [1]       least share of the group

    Dual: what the least share costs.
    """
    return _share(data, var, "group_least")


def group_most(data: Data, var: Variables) -> Rows:
    r"""A row of a group has at most its share.

    .. math:: g_{rt} \le s^{max}_{r} |a_{rt}| x_{pt} \qquad \forall r: s^{max}_r < 1,\ t \in T

    g : var.share_flow         [unit/h]  flow of row r
    x : var.activity           [unit/h]  activity of its process
    a : data.recipe.rate       [1]       flow of row r alone per activity
    s : data.recipe.max_share  [1]       largest share of the group

    Dual: what a larger share would save.
    """
    return _share(data, var, "group_most")


def _share(data: Data, var: Variables, family: str) -> Rows:
    recipe = data.recipe
    least = family == "group_least"
    bound = recipe.min_share if least else recipe.max_share
    binds = (bound > 0).any(axis=1) if least else (bound < 1).any(axis=1)
    chosen = np.flatnonzero((recipe.group >= 0) & binds)
    if not len(chosen):
        return no_rows(family)
    each = np.arange(len(chosen))
    index = recipe.key.only("process", "row").take(chosen)
    part = -bound[chosen] * np.abs(recipe.rate[chosen])
    return rows(
        family,
        index,
        data.time.period,
        [
            across(var.share_flow, each, recipe.share[chosen]),
            across(var.activity, each, recipe.process[chosen], part),
        ],
        at_least=0.0 if least else None,
        at_most=None if least else 0.0,
    )
