"""Sources and sinks of graded commodities, with their names.

Where the contract is silent: a process is called by its id where it has one graded row on that
side, else ``process@commodity`` (and ``@row`` where a commodity stands twice); an exchange of a
market that is open to every site is called ``market@site``.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from circularpark.park.keys import Keys, Names
from circularpark.program.arrays import Flags, named
from circularpark.program.data import Demands, Markets, Nodes, Recipes, Streams
from circularpark.program.quality_data import (
    DEMAND,
    EXCHANGE,
    OPERATION,
    RECIPE,
    STREAM,
    Ends,
    Operations,
)
from circularpark.program.time import Integers

Found = tuple[str, Names, Integers, Integers, Flags]


def sources(
    nodes: Nodes, streams: Streams, markets: Markets, recipes: Recipes, operations: Operations
) -> Ends:
    """Everything that gives a graded commodity."""
    bought = markets.sign[markets.exchange_market] > 0
    gives = recipes.rate.max(axis=1, initial=-np.inf) > 0
    free = nodes.free
    offered = np.flatnonzero(nodes.graded[streams.node])
    return _ends(
        "source",
        (STREAM, streams.key["stream"][offered], offered, streams.node, ~streams.must_use[offered]),
        _exchanged(nodes, markets, bought),
        _in_recipes(nodes, recipes, gives),
        (
            OPERATION,
            operations.key["operation"],
            _all(operations),
            operations.node,
            free[operations.node],
        ),
    )


def sinks(
    nodes: Nodes, demands: Demands, markets: Markets, recipes: Recipes, operations: Operations
) -> Ends:
    """Everything that takes a graded commodity."""
    sold = markets.sign[markets.exchange_market] < 0
    takes = ~(recipes.rate.max(axis=1, initial=-np.inf) > 0)
    wanted = np.flatnonzero(nodes.graded[demands.node])
    none = np.zeros(len(wanted), dtype=bool)
    return _ends(
        "sink",
        (DEMAND, demands.key["demand"][wanted], wanted, demands.node, none),
        _exchanged(nodes, markets, sold),
        _in_recipes(nodes, recipes, takes),
        (
            OPERATION,
            operations.key["operation"],
            _all(operations),
            operations.node,
            nodes.free[operations.node],
        ),
    )


def _all(operations: Operations) -> Integers:
    return np.arange(len(operations.key), dtype=np.int64)


def _ends(name: str, *parts: Found) -> Ends:
    kind = np.repeat(np.array([p[0] for p in parts], dtype=object), [len(p[2]) for p in parts])
    return Ends(
        key=Keys({name: np.concatenate([p[1] for p in parts]).astype(object)}),
        kind=kind,
        of=np.concatenate([p[2] for p in parts]).astype(np.int64),
        node=np.concatenate([p[3][p[2]] for p in parts]).astype(np.int64),
        free=np.concatenate([p[4] for p in parts]).astype(bool),
    )


def _exchanged(nodes: Nodes, markets: Markets, way: Flags) -> Found:
    own = np.flatnonzero(way & nodes.graded[markets.node])
    market = markets.exchange_market[own]
    pairs = zip(
        markets.exchange["market"][own].tolist(),
        markets.exchange["site"][own].tolist(),
        markets.shared[market].tolist(),
        strict=True,
    )
    names = [f"{name}@{site}" if every else name for name, site, every in pairs]
    return EXCHANGE, named(names), own, markets.node, nodes.free[markets.node[own]]


def _in_recipes(nodes: Nodes, recipes: Recipes, way: Flags) -> Found:
    own = np.flatnonzero(way & nodes.graded[recipes.node])
    process, good, row = (
        recipes.key[column][own].tolist() for column in ("process", "commodity", "row")
    )
    alone, once = Counter(process), Counter(zip(process, good, strict=True))
    names = []
    for name, what, number in zip(process, good, row, strict=True):
        longer = f"{name}@{what}" if once[name, what] == 1 else f"{name}@{what}@{number}"
        names.append(name if alone[name] == 1 else longer)
    return RECIPE, named(names), own, recipes.node, nodes.free[recipes.node[own]]
