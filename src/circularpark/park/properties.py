"""What properties are called in both languages: the catalogue's names, then those of elements."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib import resources

from circularpark.words import Language


@cache
def property_names() -> Mapping[str, Mapping[Language, str]]:
    """Every property of ``catalogue/properties.csv`` and every element -> its names."""
    found: dict[str, Mapping[Language, str]] = {}
    for name in ("elements", "properties"):
        file = resources.files(__package__).joinpath("catalogue").joinpath(f"{name}.csv")
        for row in csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))):
            found[row["id"]] = {"zh": row["name_zh"], "en": row["name_en"]}
    return found


def property_name(name: str, lang: Language) -> str:
    """What a property is called; the park's own word where the catalogue does not know it."""
    known = property_names().get(name)
    return known[lang] if known else name
