"""Where the sites lie: coordinates that are degrees, the right way round, and one place a site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from circularpark.errors import Finding
from circularpark.park.checks.cells import finding_at, found, number, rows_of, text, written
from circularpark.park.geo import SHIFTED_DATUMS, metres_between

if TYPE_CHECKING:
    from circularpark.park.draft import Draft

FAR_KM: Final = 100.0  # more than any park measures; its partners outside may lie further
HIGHEST_LATITUDE: Final = 72.0  # no industrial park lies nearer the poles (Norilsk: 69)
SHIFT: Final = (300.0, 700.0)  # GCJ-02 and BD-09 lie 471 to 551 m off WGS84 (bad input 90)


def sites_have_places(draft: Draft) -> Iterator[Finding]:
    """Each site has a longitude and a latitude in degrees."""
    frame = rows_of(draft, "sites")
    frame = frame[~text(frame, "_file").str.endswith((".geojson", ".gpkg"))]
    lon, lat = number(frame, "lon"), number(frame, "lat")
    half = lon.isna() != lat.isna()
    yield from found(frame, half & lon.isna(), "geo.half_place", "lon")
    yield from found(frame, half & lat.isna(), "geo.half_place", "lat")
    named = text(frame, "id") != ""
    yield from found(frame, lon.isna() & lat.isna() & named, "geo.no_place", "lon", "warning")
    metres = (lon.abs() > 180) | (lat.abs() > 180)
    wrong = metres | (lat.abs() > 90)
    if wrong.any():
        pair = written(lon, "{:.10g}") + ", " + written(lat, "{:.10g}")
        yield from _with_pair(frame, metres, "geo.projected", pair)
        yield from _with_pair(frame, wrong & ~metres, "geo.swapped", pair)
    datum = text(frame, "datum").str.lower().str.replace(r"[\W_]+", "", regex=True)
    yield from found(frame, datum.isin(list(SHIFTED_DATUMS)), "geo.datum", "datum", "warning")


def _with_pair(
    frame: pd.DataFrame, where: pd.Series, code: str, pair: pd.Series
) -> Iterator[Finding]:
    for index in frame.index[where.to_numpy(dtype=bool)]:
        yield finding_at(frame, index, code, "lat", values={"value": pair[index]})


def sites_lie_together(draft: Draft) -> Iterator[Finding]:
    """No site lies elsewhere because its coordinates are the wrong way round."""
    frame = rows_of(draft, "sites")
    lon, lat = number(frame, "lon"), number(frame, "lat")
    usable = (lon.abs() <= 180) & (lat.abs() <= 90)
    frame, lon, lat = frame[usable], lon[usable], lat[usable]
    if frame.empty:
        return
    middle_lon, middle_lat = float(lon.median()), float(lat.median())
    column = "geometry" if text(frame, "_file").iloc[0].endswith(".geojson") else "lat"
    if abs(middle_lat) > HIGHEST_LATITUDE:
        yield finding_at(
            frame, frame.index[0], "geo.polar", column, values={"lat": f"{middle_lat:.4g}"}
        )
        return
    if len(frame) < 3:
        return
    away = _km(lon, lat, middle_lon, middle_lat)
    turned = _km(lat, lon, middle_lon, middle_lat)
    swapped = (away > FAR_KM) & (turned < FAR_KM)
    yield from found(frame, swapped, "geo.swapped_site", column, lon=lon, lat=lat)
    far = (away > FAR_KM) & ~swapped
    km = written(away, "{:.0f}")
    yield from found(frame, far, "geo.far_away", column, "warning", km=km)


def _km(lon: pd.Series, lat: pd.Series, to_lon: float, to_lat: float) -> pd.Series:
    away = metres_between(lon.to_numpy(), lat.to_numpy(), np.array(to_lon), np.array(to_lat))
    return pd.Series(away / 1000, index=lon.index)


def records_of_a_site_agree(draft: Draft) -> Iterator[Finding]:
    """Two records of one site do not lie a datum's shift apart."""
    frame = rows_of(draft, "sites")
    ids = text(frame, "id")
    frame = frame[(ids != "") & ids.duplicated(keep=False)]
    if frame.empty:
        return
    keys = text(frame, "id")
    lon, lat = number(frame, "lon"), number(frame, "lat")
    first_lon = lon.groupby(keys).transform("first")
    first_lat = lat.groupby(keys).transform("first")
    apart = pd.Series(
        metres_between(lon.to_numpy(), lat.to_numpy(), first_lon.to_numpy(), first_lat.to_numpy()),
        index=frame.index,
    )
    shifted = apart.between(*SHIFT)
    metres = written(apart, "{:.0f}")
    yield from found(frame, shifted, "geo.shifted", None, "warning", metres=metres)
