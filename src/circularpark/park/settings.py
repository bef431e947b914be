"""park.toml: the settings of the whole park, every key known, every value of its kind."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from circularpark.errors import Finding
from circularpark.park.formats import decode
from circularpark.park.model import Settings, Stage
from circularpark.park.schema import Column, settings_keys

FILE: Final = "park.toml"
WHOLE_YEAR: Final = 8760.0
SECTION_OF_NAMES: Final = "park.name"


def read_toml(path: Path, file: str) -> tuple[dict[str, Any], list[Finding]]:
    """The tree of a TOML file, or the finding that says why there is none."""
    return parse_toml(path.read_bytes(), file)


def parse_toml(raw: bytes, file: str) -> tuple[dict[str, Any], list[Finding]]:
    """The tree of TOML in bytes, or the finding that says why there is none."""
    text, findings = decode(raw, file)
    try:
        return tomllib.loads(text), findings
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        row = int(found[1]) if found else None
        return {}, [*findings, Finding("park.toml.broken", "problem", file, row, value=str(error))]


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``section.key`` -> value; a table of weights stays whole."""
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and path not in settings_keys():
            flat |= flatten(value, path)
        else:
            flat[path] = value
    return flat


def read_settings(
    tree: Mapping[str, Any], folder_name: str
) -> tuple[Settings, str, dict[str, str], list[Finding]]:
    """The settings, the park's id, its names, and what is wrong with park.toml.

    Parameters
    ----------
    tree : the parsed TOML
    folder_name : the id to go on with where park.toml has none (that is a problem)
    """
    tree, flat = _with_plain_name(tree), {}
    flat = flatten(tree)
    findings = list(_unknown(flat))
    values: dict[str, Any] = {}
    for key, spec in settings_keys().items():
        values[key] = spec.default
        if key not in flat:
            if spec.required:
                findings.append(Finding("park.toml.missing", "problem", FILE, None, key))
            continue
        accepted, trouble = _accepted(flat[key], key, spec)
        if trouble is None:
            values[key] = accepted
        else:
            findings.append(trouble)
    park = str(values["park.id"] or folder_name)
    names = {lang: str(values[f"park.name.{lang}"] or "") for lang in ("zh", "en")}
    other = names["en"] or names["zh"] or park
    return _settings(values, flat), park, {k: v or other for k, v in names.items()}, findings


def _with_plain_name(tree: Mapping[str, Any]) -> dict[str, Any]:
    """``name = "..."`` as a name in both languages."""
    copy = {k: dict(v) if isinstance(v, dict) else v for k, v in tree.items()}
    section = copy.get("park")
    if isinstance(section, dict) and isinstance(section.get("name"), str):
        section["name"] = {"zh": section["name"], "en": section["name"]}
    return copy


def _unknown(flat: Mapping[str, Any]) -> Iterator[Finding]:
    known = list(settings_keys())
    for key, value in flat.items():
        if key in settings_keys():
            continue
        short = {k.rpartition(".")[2]: k for k in known}
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.6) or [
            short[k] for k in difflib.get_close_matches(key.rpartition(".")[2], list(short), 1, 0.7)
        ]
        values = {"near": near[0] if near else "", "known": ", ".join(known)}
        code = "park.toml.unknown_near" if near else "park.toml.unknown"
        yield Finding(code, "problem", FILE, None, key, str(value)[:40], values)


def _accepted(value: Any, key: str, spec: Column) -> tuple[Any, Finding | None]:
    """The value as its kind asks, or the finding that says what it should be."""
    result = _KINDS[spec.type](value, spec)
    if result is not None:
        return result, None
    wanted = ", ".join(spec.choices) or f"{spec.low:g} - {spec.high:g}"
    values = {"kind": spec.type, "wanted": wanted}
    return None, Finding(
        f"park.toml.wrong_{spec.type}", "problem", FILE, None, key, str(value)[:40], values
    )


def _text(value: Any, spec: Column) -> str | None:
    fits = isinstance(value, str) and value.strip() and (not spec.choices or value in spec.choices)
    return value.strip() if fits else None


def _number(value: Any, spec: Column) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value) if spec.low <= value <= spec.high else None


def _integer(value: Any, spec: Column) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and spec.low <= value <= spec.high else None


def _flag(value: Any, spec: Column) -> bool | None:
    return value if isinstance(value, bool) else None


def _years(value: Any, spec: Column) -> tuple[int, ...] | None:
    given = value if isinstance(value, list) else [value]
    fits = given and all(
        isinstance(y, int) and not isinstance(y, bool) and 1900 <= y <= 2200 for y in given
    )
    if not fits or len(set(given)) < len(given):
        return None
    return tuple(sorted(given))


def _scopes(value: Any, spec: Column) -> tuple[int, ...] | None:
    given = value if isinstance(value, list) else [value]
    fits = given and all(isinstance(s, int) and s in (1, 2, 3) for s in given)
    return tuple(sorted(set(given))) if fits else None


def _weights(value: Any, spec: Column) -> Stage | None:
    """One objective: a measure, a list of measures (weight 1 each), or a table of weights."""
    if isinstance(value, str) and value:
        return Stage({value: 1.0})
    if isinstance(value, list) and value and all(isinstance(v, str) and v for v in value):
        return Stage(dict.fromkeys(value, 1.0))
    if isinstance(value, dict) and value:
        weights = {str(k): _number(v, UNBOUNDED) for k, v in value.items()}
        if all(w is not None for w in weights.values()):
            return Stage({k: w for k, w in weights.items() if w is not None})
    return None


def _stages(value: Any, spec: Column) -> tuple[Stage, ...] | None:
    """The later objectives, each as ``_weights`` takes it."""
    if isinstance(value, (str, dict)):
        value = [value]
    if not isinstance(value, list):
        return None
    stages = [_weights(stage, spec) for stage in value]
    found = tuple(stage for stage in stages if stage is not None)
    return found if len(found) == len(stages) else None


_KINDS: Final = {
    "text": _text,
    "choice": _text,
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "years": _years,
    "scopes": _scopes,
    "weights": _weights,
    "stages": _stages,
}
UNBOUNDED: Final = Column("", "number", "", -math.inf, math.inf, None, (), (), False, False, "", {})


def _settings(values: Mapping[str, Any], flat: Mapping[str, Any]) -> Settings:
    base, years = values["time.base_year"], values["time.years"]
    if not years:
        years = (base or values["park.price_year"] or 0,)
    first = values["objective.minimise"]
    first = Stage({first: 1.0}) if isinstance(first, str) else first
    ceiling = values["objective.cost_ceiling"]
    if ceiling is not None and first.weights == {"co2": 1.0}:
        # Saving a tonne at more than the ceiling would raise this sum.
        first = Stage({"co2": 1.0, "cost": 1.0 / float(ceiling)})
    then = values["objective.then"]
    later = (Stage({"cost": 1.0}),) if then is None else then
    stages = [first]
    for stage in later:
        if stage not in stages:
            stages.append(stage)
    return Settings(
        currency=str(values["park.currency"] or "CNY"),
        price_year=values["park.price_year"],
        discount_rate=float(values["park.discount_rate"]),
        catalogue=bool(values["park.catalogue"]),
        years=tuple(years),
        base_year=int(base or years[0]),
        mode=str(values["time.mode"]),
        operating_hours=float(values["time.operating_hours"]),
        steps=values["time.steps"],
        typical_days=values["time.typical_days"],
        min_approach=float(values["heat.min_approach"]),
        stages=tuple(stages),
        scopes=values["objective.scopes"] or (1, 2, 3),
        thousands=values["park.thousands"] is not None,
        objective_given="objective.minimise" in flat,
        years_given="time.years" in flat or "time.base_year" in flat,
        cost_ceiling=None if ceiling is None else float(ceiling),
    )
