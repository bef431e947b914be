"""JSON read strictly: nothing twice, nothing endless, nothing that is no number."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Final, NoReturn

import numpy as np

DEEPEST: Final = 20  # a map nests 8 deep
LONGEST_INTEGER: Final = 18  # more digits than any count in a park


class BadJson(Exception):
    """Why a text is refused: a key of the words for maps, what stood there, and more to fill in."""

    def __init__(self, code: str, value: str | None = None, **values: object) -> None:
        self.code = code
        self.value = value
        self.values: Mapping[str, object] = values
        super().__init__(code)


def parse(text: str) -> dict[str, object]:
    """The JSON object in ``text``.

    Raises
    ------
    BadJson : it is cut off or no object, nests too deep, has a key twice, or holds NaN, an
        infinity or an integer of more than 18 digits.
    """
    if not text.lstrip().startswith("{"):
        raise BadJson("geo.not_geojson", text.strip()[:20])
    if _depth(text) > DEEPEST:
        raise BadJson("geo.too_deep", deepest=DEEPEST)
    try:
        tree = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_float=_finite,
            parse_int=_whole,
        )
    except json.JSONDecodeError as broken:
        raise BadJson("geo.broken_json", line=broken.lineno, position=broken.colno) from None
    return dict(tree)


def _depth(text: str) -> int:
    """How deep the brackets of a JSON text nest; strings do not count."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    signs = np.frombuffer(bare.encode("utf-32-le", "replace"), dtype=np.uint32)
    steps = np.isin(signs, [ord("["), ord("{")]).astype(np.int64)
    steps -= np.isin(signs, [ord("]"), ord("}")])
    return int(np.cumsum(steps).max(initial=0))


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    plain = dict(pairs)
    if len(plain) < len(pairs):
        keys = [key for key, _ in pairs]
        raise BadJson("geo.duplicate_key", next(key for key in keys if keys.count(key) > 1))
    return plain


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse(digits)
    return value


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER:
        _refuse(digits)
    return int(digits)


def _refuse(digits: str) -> NoReturn:
    raise BadJson("geo.no_number", digits[:24])
