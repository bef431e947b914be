"""With which other project one project competes most, or completes it.

What two projects do to each other is what both save together beyond what each saves: the
saving of all of them, without both added, without the one and without the other taken away.
It is told for the projects whose saving depends most on the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np

from circularpark.solve.projects import Projects

# So many projects are paired with each other: 66 programs at most.
PAIRED = 12
# Less than this share of the smaller one's saving is no interaction of theirs.
TOUCHES = 1e-2


def neighbours(
    projects: Projects,
    weight: Mapping[int, float],
    saved: Mapping[int, float],
    rivals: Collection[int],
) -> dict[int, tuple[int, float]]:
    """The project that each project depends on most.

    What is idle without another is told with that; what others need, with the one of them that
    saves most. The rest are paired.

    Parameters
    ----------
    weight : group -> how much its saving depends on others [t CO2]: alone - as the last one
    saved : group -> t CO2 that it saves as the last one; rivals : groups that compete

    Returns
    -------
    dict : group -> (other group, t CO2 that the pair saves beyond the two: negative where they
    compete); a group without such is absent
    """
    found = _needed(projects, saved, [group for group in saved if group not in rivals])
    others = [group for group in weight if group not in found]
    largest = sorted(others, key=lambda group: -abs(weight[group]))[:PAIRED]
    for one, other in combinations(largest, 2):
        both = _together(projects, one, other)
        if both is None:
            continue
        for group, beside in ((one, other), (other, one)):
            # What competes is told with a rival, what is completed with a helper.
            fits = both * weight[group] < 0
            touches = abs(both) > TOUCHES * abs(weight[group])
            if fits and touches and abs(both) > abs(found.get(group, (0, 0.0))[1]):
                found[group] = (beside, both)
    return found


def _needed(
    projects: Projects, saved: Mapping[int, float], among: Collection[int]
) -> dict[int, tuple[int, float]]:
    """Of what is idle without another, or the other's use: the one that saves most."""
    groups, found = projects.groups, dict[int, tuple[int, float]]()
    for one in among:
        members = groups[one]
        wants = np.asarray(projects.needs[members].any(axis=0))
        wanted = np.asarray(projects.needs[:, members].any(axis=1))
        for there in (wants, wanted):
            those = [g for g, own in enumerate(groups) if g != one and there[own].any()]
            if those:
                other = max(those, key=lambda group: saved.get(group, 0.0))
                both = _together(projects, one, other)
                found[one] = (other, 0.0 if both is None else both)
                break
    return found


def _together(projects: Projects, one: int, other: int) -> float | None:
    """What two projects save beyond each other, all others being there [t CO2]."""
    count = len(projects.groups)
    sets = np.ones((4, count), dtype=bool)
    sets[1, one] = sets[2, other] = False
    sets[3, [one, other]] = False
    every, first, second, neither = (projects.some(there) for there in sets)
    if every is None or first is None or second is None or neither is None:
        return None
    return -every.co2 - neither.co2 + first.co2 + second.co2
