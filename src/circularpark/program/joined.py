"""Recipe rows of every process: the join of processes and recipes on technology."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from circularpark.park.keys import Names, coded, numbered
from circularpark.program.data import Blocks, Flags
from circularpark.program.time import Integers


@dataclass(frozen=True)
class Joined:
    """One entry a (process that is kept, recipe row).

    process : (R,) position among the processes kept; recipe : (R,) position among the recipes
    name, site, heat_zone : (R,) of the process
    """

    process: Integers
    recipe: Integers
    name: Names
    site: Names
    heat_zone: Names


def joined_recipes(blocks: Blocks, kept: Flags) -> Joined:
    """The recipe rows of the processes that are kept."""
    known, code = coded(blocks.texts("recipes", "technology"))
    wanted = numbered(known, blocks.texts("processes", "technology", kept))
    # The rows of a technology in their order, one technology after the other.
    order = np.argsort(code, kind="stable")
    count = np.bincount(code, minlength=len(known))
    start = np.cumsum(count) - count
    many = np.where(wanted >= 0, np.append(count, 0)[wanted], 0)
    process = np.repeat(np.arange(len(wanted)), many)
    within = np.arange(len(process)) - np.repeat(np.cumsum(many) - many, many)
    recipe = order[start[wanted[process]] + within] if len(process) else process
    name, site, zone = (
        blocks.texts("processes", column, kept)[process] for column in ("id", "site", "heat_zone")
    )
    return Joined(process=process, recipe=recipe, name=name, site=site, heat_zone=zone)
