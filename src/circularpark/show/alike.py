"""Maps that are looked at side by side: one scale and one set of colours for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from circularpark.show.amounts import compared, family_scales
from circularpark.show.scene import Scene


def alike(scenes: Sequence[Scene]) -> list[Scene]:
    """The scenes with the scales and the commodities of all together.

    An arrow of one width and colour is then the same quantity of the same thing on every map.
    """
    every = [compared(scene.flows, scene.baseline) for scene in scenes]
    flows = pd.concat(every, ignore_index=True) if every else pd.DataFrame()
    if not len(flows):
        return list(scenes)
    named = flows.groupby("commodity", as_index=False)[["name_zh", "name_en"]].first()
    goods = tuple(named.itertuples(index=False, name=None))
    scales = family_scales(flows, {})
    return [replace(scene, scales=scales | dict(scene.scales), goods=goods) for scene in scenes]
