"""Where the sites lie: coordinates that are degrees, the right way round, and one place a site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from circularpark.errors import Finding
from circularpark.park.checks.arrays import (
    Mask,
    Number,
    Text,
    blank,
    first_given,
    of_group,
    repeated,
    written,
)
from circularpark.park.checks.cells import finding_at, found, number, rows_of, text
from circularpark.park.geo import SHIFTED_DATUMS, metres_between

if TYPE_CHECKING:
    import pandas as pd

    from circularpark.park.draft import Draft

FAR_KM: Final = 100.0  # more than any park measures; its partners outside may lie further
HIGHEST_LATITUDE: Final = 72.0  # no industrial park lies nearer the poles (Norilsk: 69)
NO_LETTERS: Final = re.compile(r"[\W_]+")
SHIFT: Final = (300.0, 700.0)  # GCJ-02 and BD-09 lie 471 to 551 m off WGS84 (bad input 90)


def sites_have_places(draft: Draft) -> Iterator[Finding]:
    """Each site has a longitude and a latitude in degrees."""
    frame = rows_of(draft, "sites")
    files = text(frame, "_file").tolist()
    typed = ~np.array([file.endswith((".geojson", ".gpkg")) for file in files], dtype=bool)
    lon, lat = number(frame, "lon"), number(frame, "lat")
    no_lon, no_lat = blank(lon), blank(lat)
    yield from found(frame, typed & no_lon & ~no_lat, "geo.half_place", "lon")
    yield from found(frame, typed & no_lat & ~no_lon, "geo.half_place", "lat")
    nowhere = typed & no_lon & no_lat & (text(frame, "id") != "")
    yield from found(frame, nowhere, "geo.no_place", "lon", "warning")
    metres = (np.abs(lon) > 180) | (np.abs(lat) > 180)
    wrong = typed & (metres | (np.abs(lat) > 90))
    if wrong.any():
        pair = written(lon, "{:.10g}") + ", " + written(lat, "{:.10g}")
        yield from _with_pair(frame, wrong & metres, "geo.projected", pair)
        yield from _with_pair(frame, wrong & ~metres, "geo.swapped", pair)
    datum = text(frame, "datum")
    shifted = [NO_LETTERS.sub("", name.lower()) in SHIFTED_DATUMS for name in datum.tolist()]
    where = typed & np.array(shifted, dtype=bool)
    yield from found(frame, where, "geo.datum", "datum", "warning")


def _with_pair(frame: pd.DataFrame, where: Mask, code: str, pair: Text) -> Iterator[Finding]:
    for row in np.flatnonzero(where).tolist():
        yield finding_at(frame, row, code, "lat", values={"value": pair[row]})


def sites_lie_together(draft: Draft) -> Iterator[Finding]:
    """No site lies elsewhere because its coordinates are the wrong way round."""
    frame = rows_of(draft, "sites")
    lon, lat = number(frame, "lon"), number(frame, "lat")
    usable = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    if not usable.any():
        return
    middle = float(np.median(lon[usable])), float(np.median(lat[usable]))
    first = int(np.flatnonzero(usable)[0])
    column = "geometry" if text(frame, "_file")[first].endswith(".geojson") else "lat"
    if abs(middle[1]) > HIGHEST_LATITUDE:
        values = {"lat": f"{middle[1]:.4g}"}
        yield finding_at(frame, first, "geo.polar", column, values=values)
        return
    if usable.sum() < 3:
        return
    away, turned = _km(lon, lat, *middle), _km(lat, lon, *middle)
    swapped = usable & (away > FAR_KM) & (turned < FAR_KM)
    yield from found(frame, swapped, "geo.swapped_site", column, lon=lon, lat=lat)
    far = usable & (away > FAR_KM) & ~swapped
    km = written(away, "{:.0f}")
    yield from found(frame, far, "geo.far_away", column, "warning", km=km)


def _km(lon: Number, lat: Number, to_lon: float, to_lat: float) -> Number:
    return metres_between(lon, lat, np.array(to_lon), np.array(to_lat)) / 1000


def records_of_a_site_agree(draft: Draft) -> Iterator[Finding]:
    """Two records of one site do not lie a datum's shift apart."""
    frame = rows_of(draft, "sites")
    ids = text(frame, "id")
    if not repeated(ids).any():
        return
    lon, lat = number(frame, "lon"), number(frame, "lat")
    apart = metres_between(lon, lat, *(of_group(v, (ids,), first_given) for v in (lon, lat)))
    shifted = (ids != "") & (apart >= SHIFT[0]) & (apart <= SHIFT[1])
    metres = written(apart, "{:.0f}")
    yield from found(frame, shifted, "geo.shifted", None, "warning", metres=metres)
