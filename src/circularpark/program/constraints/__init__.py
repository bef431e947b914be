"""The contents page of the program: every constraint of the contract, in reading order.

A constraint is a pure function ``(data, var) -> Rows`` whose docstring is its equation.
Without data it returns no rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from circularpark.program.constraints.balance import balance
from circularpark.program.constraints.capacity import (
    capacity_stock,
    process_capacity,
    shared_capacity,
)
from circularpark.program.constraints.heat import (
    direct_total,
    exchanger_capacity,
    heat_balance,
    heat_left,
)
from circularpark.program.constraints.integer import (
    batch_least,
    batch_most,
    build_in_units,
    build_opened,
    flow_opened,
    load_least,
    load_most,
)
from circularpark.program.constraints.limits import limits
from circularpark.program.constraints.links import link_capacity
from circularpark.program.constraints.markets import (
    market_least,
    market_most,
    market_year,
    monthly_peak,
)
from circularpark.program.constraints.matches import match_bounds, sink_heat, source_heat
from circularpark.program.constraints.pools import (
    part_chosen,
    part_extra_most,
    part_load,
    part_match,
    part_open,
    part_sent,
    part_total,
)
from circularpark.program.constraints.quality import (
    link_matched,
    operation_load,
    property_flow,
    quality_limit,
    sink_matched,
    source_matched,
)
from circularpark.program.constraints.recipes import group_least, group_most, group_total
from circularpark.program.constraints.storage import (
    charge_capacity,
    discharge_capacity,
    level_capacity,
    storage_level,
)
from circularpark.program.constraints.stored_time import stored_time
from circularpark.program.data import Data
from circularpark.program.rows import Rows
from circularpark.program.variables import Variables

Constraint = Callable[[Data, Variables], Rows]

CONSTRAINTS: Final[tuple[Constraint, ...]] = (
    balance,
    source_matched,
    sink_matched,
    link_matched,
    quality_limit,
    operation_load,
    property_flow,
    part_chosen,
    part_open,
    part_total,
    part_sent,
    part_match,
    part_load,
    part_extra_most,
    heat_balance,
    heat_left,
    direct_total,
    source_heat,
    sink_heat,
    match_bounds,
    group_total,
    group_least,
    group_most,
    link_capacity,
    process_capacity,
    exchanger_capacity,
    capacity_stock,
    shared_capacity,
    build_in_units,
    build_opened,
    flow_opened,
    load_most,
    load_least,
    batch_most,
    batch_least,
    storage_level,
    charge_capacity,
    discharge_capacity,
    level_capacity,
    stored_time,
    market_most,
    market_least,
    market_year,
    monthly_peak,
    limits,
)
