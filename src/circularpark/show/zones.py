"""Zones of a park as single nodes, for a map that is seen from far away or holds many sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from circularpark.show.amounts import with_widths
from circularpark.show.labels import Labels, wrapped
from circularpark.show.layout import (
    LABEL_SIZE,
    Layout,
    labels_beside,
    middle_lines,
    named_flows,
    node_sizes,
    with_rates,
)
from circularpark.show.place import Array, Placed, kept_apart
from circularpark.show.scene import Scene, names
from circularpark.words import Language, say

# A map of more sites than this shows its zones first.
MANY_SITES: Final = 60
_LABEL_WIDTH: Final = 170.0


@dataclass(frozen=True)
class Zones:
    """Zones with their places on the drawing of the sites, on the same scales.

    of : (N,) the zone of each site; sites : what stands in each zone, by name
    flows : between zones, parallel ones merged; rates (F, S) as of a layout
    """

    of: NDArray[np.intp]
    sites: list[list[str]]
    flows: pd.DataFrame
    rates: Array
    placed: Placed
    radius: Array
    supplier: list[bool]
    paths: list[Array]
    names: list[str]
    lines: list[list[str]]
    labels: Labels
    first: bool


def zone_layout(scene: Scene, laid: Layout, lang: Language) -> Zones | None:
    """The zones of a scene; None where no two sites share one, or all sites do."""
    sites = laid.sites
    alone = sites["zone"].str.strip() == ""
    key = sites["zone"].str.strip().where(~alone, "\0" + sites["id"])
    of, ids = pd.factorize(key)
    sizes = np.bincount(of, minlength=len(ids))
    if len(ids) < 2 or len(ids) == len(sites):
        return None
    zones = _zone_rows(sites, of, sizes, lang)
    flows, rates = _between(scene, laid, zones, of, lang)
    flows = with_widths(flows.assign(row=np.arange(len(flows))), laid.scales)
    rates = rates[flows["row"].to_numpy()]
    radius, supplier = node_sizes(len(zones), flows)
    placed = _placed(laid.placed, laid.radius, of, sizes, radius)
    paths = middle_lines(flows, placed, radius)
    lines = [
        _lines(str(name), int(size), lang) for name, size in zip(zones["name"], sizes, strict=True)
    ]
    return Zones(
        of, [list(sites["name"][of == zone]) for zone in range(len(zones))], flows, rates,
        placed, radius, supplier, paths, list(zones["name"]), lines,
        labels_beside(lines, placed, radius, flows, paths), len(sites) > MANY_SITES,
    )  # fmt: skip


def _zone_rows(
    sites: pd.DataFrame, of: NDArray[np.intp], sizes: NDArray[np.intp], lang: Language
) -> pd.DataFrame:
    """One row a zone: its name, or that of the only site in it."""
    first = sites.groupby(of)[["zone", "name"]].first()
    # One row of a zone may say what it is called for all of them.
    called = sites.groupby(of)[["zone_zh", "zone_en"]].max()
    called = called.set_axis(["name_zh", "name_en"], axis="columns").assign(zone=first["zone"])
    blank = (called["name_zh"] == "") & (called["name_en"] == "")
    called.loc[blank, ["name_zh", "name_en"]] = called.loc[blank, ["zone", "zone"]].to_numpy()
    own = names(called, lang, "show.map.unnamed_zone")
    told = np.where(sizes > 1, np.array(own, dtype=object), first["name"].to_numpy(object))
    return pd.DataFrame({"id": [f"zone {row}" for row in range(len(first))], "name": told})


def _between(
    scene: Scene, laid: Layout, zones: pd.DataFrame, of: NDArray[np.intp], lang: Language
) -> tuple[pd.DataFrame, Array]:
    """The flows between zones: those of the sites, merged."""
    zone = dict(zip(laid.sites["id"], zones["id"].to_numpy(object)[of], strict=True))

    def moved(flows: pd.DataFrame) -> pd.DataFrame:
        ends = {end: flows[end].map(zone).fillna("") for end in ("from", "to") if len(flows)}
        return flows.assign(**ends)

    before = None if scene.baseline is None else moved(scene.baseline)
    together = replace(scene, flows=moved(scene.flows), baseline=before)
    flows, _ = named_flows(together, zones, lang)
    order = {name: row for row, name in enumerate(laid.commodities["commodity"])}
    flows["kind_index"] = flows["commodity"].map(order).astype(int)
    return with_rates(together, flows)


def _placed(
    placed: Placed, size: Array, of: NDArray[np.intp], sizes: NDArray[np.intp], radius: Array
) -> Placed:
    """Each zone in the middle of its sites, none on another."""
    # A site to scale says more of where its zone lies than one that stands on the rim.
    weight = np.where(placed.rim, 1e-6, size)
    whole = np.bincount(of, weight, len(sizes))
    xy = np.column_stack(
        [np.bincount(of, weight * placed.xy[:, axis], len(sizes)) / whole for axis in (0, 1)]
    )
    rim = np.bincount(of, placed.rim, len(sizes)) == sizes
    spread = kept_apart(xy, radius + 8.0, ~rim, placed.ground)
    nothing = np.zeros(len(sizes))
    return Placed(spread, rim, nothing, rim & False, nothing, placed.ground)


def _lines(name: str, size: int, lang: Language) -> list[str]:
    lines = wrapped(name, _LABEL_WIDTH, LABEL_SIZE)
    return [*lines, say("show.map.sites_in_zone", lang, number=size)] if size > 1 else lines
