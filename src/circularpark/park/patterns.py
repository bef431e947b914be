"""Ids, and patterns of ids, as cells of limits name them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray


def parts_of(pattern: str) -> list[str]:
    """The ids and patterns of a cell that names several: ``a;b*``."""
    return [part.strip() for part in pattern.replace("\uff1b", ";").split(";") if part.strip()]


def fitting(names: Iterable[object], pattern: str) -> NDArray[np.bool_]:
    """Which names are, or fit, one of a pattern's parts; instances ``id@site`` also by their id.

    A generated link has more than one ``@`` and fits by its whole name only.
    """
    parts = parts_of(pattern)

    def fits(name: str) -> bool:
        own = name.partition("@")[0] if name.count("@") == 1 else name
        return any(fnmatchcase(name, part) or fnmatchcase(own, part) for part in parts)

    return np.array([fits(str(name)) for name in names], dtype=bool)
