"""The sheet ``park``: the keys of park.toml, one a row, as section, key and value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from circularpark.park.schema import settings_keys
from circularpark.park.settings import flatten

YEARS: Final = re.compile(r"\d{4}(\s*[;,；，]\s*\d{4})*")
PLAIN: Final = frozenset({"text", "choice"})
UNKNOWN: Final = "unknown"


def rows_of_settings(tree: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Section, key and the value's text for every key of the tree, in its order."""
    rows = []
    for path, value in flatten(tree).items():
        section, _, key = path.partition(".")
        section, key = (section, key) if key else ("", section)
        rows.append((section, key, text_of(path, value)))
    return rows


def text_of(path: str, value: Any) -> str:
    """The simplest text that ``value_of`` reads as the same value."""
    from circularpark.park.write import toml_value

    if isinstance(value, str) and value_of(path, value) == value:
        return value
    return toml_value(value)


def value_of(path: str, text: str) -> Any:
    """The value that a cell's text stands for, by the kind of its key.

    A text stays as it is; everything else is a value of TOML, or a list of years; what is
    neither comes back as it stands, for the settings to refuse.
    """
    spec = settings_keys().get(path)
    kind = spec.type if spec is not None else UNKNOWN
    if kind in PLAIN:
        return text
    if kind in {"years", "scopes"} and YEARS.fullmatch(text):
        years = [int(year) for year in re.findall(r"\d{4}", text)]
        return years if len(years) > 1 else years[0]
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def tree_of(rows: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """The tree of park.toml from section, key and text; later rows of one key win."""
    tree: dict[str, Any] = {}
    for section, key, text in rows:
        path = f"{section}.{key}" if section else key
        *above, last = path.split(".")
        place = tree
        for name in above:
            inner = place.setdefault(name, {})
            if not isinstance(inner, dict):
                inner = place[name] = {}
            place = inner
        place[last] = value_of(path, text)
    return tree
