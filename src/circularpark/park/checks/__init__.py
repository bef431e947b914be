"""Checks on what has been read: ``ALL`` lists them, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from circularpark.errors import Finding
from circularpark.park.checks import (
    brought,
    cascades,
    closure,
    connections,
    energy,
    heat,
    integer,
    meaning,
    physics,
    places,
    plausibility,
    quality,
    quality_gaps,
    references,
    second_law,
    time,
    typical_days,
    waste,
)
from circularpark.park.checks.cells import remembered

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

Check = Callable[["Draft"], Iterable[Finding]]

ALL: Final[tuple[Check, ...]] = (
    references.ids_stand_once,
    references.ids_differ_visibly,
    references.ids_are_plain,
    references.names_exist,
    references.links_join_two_sites,
    references.companies_are_known,
    meaning.capacity_is_counted_in_one_row,
    meaning.required_things_have_a_size,
    meaning.existing_things_have_a_site,
    meaning.things_close_after_they_open,
    meaning.limits_name_something,
    meaning.factors_name_something,
    meaning.records_name_something,
    meaning.paths_name_a_cell,
    places.sites_have_places,
    places.sites_lie_together,
    places.records_of_a_site_agree,
    physics.numbers_have_the_right_sign,
    physics.numbers_are_in_reach,
    physics.minima_stay_below_maxima,
    physics.shares_of_a_group_can_add_up,
    physics.temperatures_make_sense,
    physics.links_deliver_something,
    physics.quality_shares_are_shares,
    physics.settings_make_sense,
    physics.upkeep_is_a_share,
    physics.stored_markets_take,
    integer.smallest_loads_have_a_size,
    integer.units_fit,
    integer.counts_are_plain,
    integer.batches_fit,
    integer.fixed_costs_have_a_size,
    heat.carriers_make_sense,
    heat.media_hold_their_temperatures,
    heat.heat_has_temperatures,
    cascades.own_heat_keeps_its_temperature,
    cascades.matches_can_be_kept,
    heat.carriers_are_hot_enough,
    heat.demands_are_within_reach,
    quality.quality_rows_fit_their_items,
    waste.hazardous_waste_goes_to_licence_holders,
    waste.longest_times_are_seen,
    quality.properties_mix_alike,
    quality.qualities_have_a_basis,
    quality.operations_hang_together,
    brought.outputs_by_property_can_follow,
    quality_gaps.limited_properties_are_known,
    quality_gaps.inputs_of_a_group_tell_alike,
    energy.recipes_create_nothing,
    closure.closed_processes_close,
    closure.an_element_has_one_name,
    second_law.machines_obey_carnot,
    time.rows_stand_in_order,
    time.periods_stand_once,
    time.periods_have_length,
    time.scenarios_are_weighed,
    time.periods_follow_each_other,
    time.profiles_fit_the_year,
    time.profiles_carry_amounts,
    time.amounts_are_told,
    typical_days.the_year_has_whole_days,
    typical_days.stores_give_back_within_the_day,
    connections.things_can_reach_each_other,
    plausibility.co2_has_a_price_or_a_budget,
    plausibility.trade_earns_nothing_by_itself,
    plausibility.calorific_values_are_usual,
    plausibility.sizes_are_alike,
    plausibility.defaults_are_told,
)


# The numbers whose size alone, not whether they are given, is seen only by the checks below.
AMOUNTS: Final = frozenset(
    {"amount", "price", "peak_price", "max", "max_per_year", "capacity", "capacity_max", "value"}
)

# The checks that may say something else where only amounts differ, and of which tables they look
# at amounts (none named: of every table that they read); a test runs all of them on parks with
# other amounts.
LOOK_AT_AMOUNTS: Final[Mapping[Check, frozenset[str]]] = {
    physics.numbers_have_the_right_sign: frozenset(),
    physics.numbers_are_in_reach: frozenset(),
    physics.minima_stay_below_maxima: frozenset(),
    physics.quality_shares_are_shares: frozenset(),
    integer.smallest_loads_have_a_size: frozenset(),
    integer.units_fit: frozenset(),
    integer.fixed_costs_have_a_size: frozenset(),
    closure.closed_processes_close: frozenset({"quality"}),
    quality.qualities_have_a_basis: frozenset({"quality"}),
    quality.operations_hang_together: frozenset(),
    connections.things_can_reach_each_other: frozenset(),
    plausibility.trade_earns_nothing_by_itself: frozenset(),
    plausibility.sizes_are_alike: frozenset(),
    cascades.matches_can_be_kept: frozenset(),
}


def check(draft: Draft) -> list[Finding]:
    """Every finding on ``draft``; a cell that already has a problem is not blamed twice."""
    with remembered(draft):
        return blamed_once(draft, (one(draft) for one in ALL))


def blamed_once(draft: Draft, found: Iterable[Iterable[Finding]]) -> list[Finding]:
    """What the checks found, one after another, without what blames a cell again."""
    blamed = {_cell(f) for f in draft.findings if f.severity == "problem"}
    findings: list[Finding] = []
    for one in found:
        for finding in one:
            if finding.row is not None and finding.column and _cell(finding) in blamed:
                continue
            findings.append(finding)
            if finding.severity == "problem":
                blamed.add(_cell(finding))
    return findings


def _cell(finding: Finding) -> tuple[str, int | None, str | None]:
    return finding.file, finding.row, finding.column


# One entry that runs them all, so that no cell is blamed twice.
CHECKS: Final[tuple[Check, ...]] = (check,)
