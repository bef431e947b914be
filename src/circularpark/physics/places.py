"""Where the sites are, and how far apart in a straight line on the WGS84 ellipsoid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import Geod

# The two numbers that define the WGS84 ellipsoid (EPSG:7030).
_SEMI_MAJOR_AXIS_KM = 6378.137
_FLATTENING = 1 / 298.257223563
# Rows of a distance matrix are done in portions, so that memory stays below this many numbers.
_MATRIX_SIZE = 4_000_000


@cache
def geod() -> Geod:
    """The WGS84 ellipsoid."""
    from pyproj import Geod

    return Geod(ellps="WGS84")


@dataclass(frozen=True)
class Places:
    """The sites by number: ids, lon and lat [degree; nan: no coordinates]."""

    ids: pd.Index
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which sites have coordinates."""
        return np.isfinite(self.lon) & np.isfinite(self.lat)

    def numbers(self, ids: pd.Series) -> NDArray[np.intp]:
        """Number of each site id; -1 if there is no such site."""
        return self.ids.get_indexer(pd.Index(ids))

    def straight_km(self, start: NDArray[np.intp], end: NDArray[np.intp]) -> NDArray[np.float64]:
        """Geodesic between sites by number [km]; nan where a site has no coordinates."""
        length = np.full(len(start), np.nan)
        known = self.placed[start] & self.placed[end] & (start >= 0) & (end >= 0)
        a, b = start[known], end[known]
        metres = geod().inv(self.lon[a], self.lat[a], self.lon[b], self.lat[b])[2]
        length[known] = np.asarray(metres) / 1000
        return length

    def chords(self) -> NDArray[np.float64]:
        """Geocentric position of each site on the ellipsoid [km], about their mean; (sites, 3)."""
        phi, lam = np.radians(self.lat), np.radians(self.lon)
        squared = _FLATTENING * (2 - _FLATTENING)
        normal = _SEMI_MAJOR_AXIS_KM / np.sqrt(1 - squared * np.sin(phi) ** 2)
        position = np.column_stack(
            [
                normal * np.cos(phi) * np.cos(lam),
                normal * np.cos(phi) * np.sin(lam),
                normal * (1 - squared) * np.sin(phi),
            ]
        )
        if not self.placed.any():
            return position
        return np.asarray(position - position[self.placed].mean(axis=0))


def places(sites: pd.DataFrame) -> Places:
    """The sites of a table with id, lon and lat."""
    return Places(
        pd.Index(sites["id"]),
        sites["lon"].to_numpy(dtype=float),
        sites["lat"].to_numpy(dtype=float),
    )


def pairs_within(
    position: NDArray[np.float64],
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    reach: float,
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All (start, end) of different sites whose chord is at most ``reach`` [km; nan: any].

    A chord is never longer than the way over ground, so that no pair within reach is
    missed; the few beyond it are dropped when their length is known.
    """
    found = [
        (part[rows], end[columns])
        for part in _portions(start, len(end))
        for rows, columns in [np.nonzero(_near(position[part], position[end], reach))]
    ]
    if not found:
        return np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp)
    left = np.concatenate([pair[0] for pair in found])
    right = np.concatenate([pair[1] for pair in found])
    apart = left != right
    return left[apart], right[apart]


def _portions(start: NDArray[np.intp], width: int) -> Iterator[NDArray[np.intp]]:
    step = max(1, _MATRIX_SIZE // max(1, width))
    return (start[at : at + step] for at in range(0, len(start), step))


def _near(left: NDArray[np.float64], right: NDArray[np.float64], reach: float) -> NDArray[np.bool_]:
    """Which chords are within reach; the squares may round off a metre, which is let pass."""
    if np.isnan(reach):
        return np.ones((len(left), len(right)), dtype=bool)
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
    return np.asarray(squares <= (reach + 0.001) ** 2)
