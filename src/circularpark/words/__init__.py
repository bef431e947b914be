"""The one table of words: every text a user reads, in Chinese and English.

The words stand in the TOML files of this folder, one file a floor; an entry
``[floor.key]`` has ``zh`` and ``en`` and may hold ``{placeholders}``.
"""

from __future__ import annotations

import locale
import os
import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


@cache
def table() -> dict[str, dict[str, str]]:
    """Every entry of the table of words: key -> {"zh": text, "en": text}."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            _collect(tomllib.loads(file.read_text(encoding="utf-8")), "", entries)
    return entries


def _collect(node: dict[str, object], prefix: str, into: dict[str, dict[str, str]]) -> None:
    if set(node) == set(LANGUAGES) and all(isinstance(v, str) for v in node.values()):
        if prefix in into:
            raise ValueError(f"the table of words has '{prefix}' twice")
        into[prefix] = {lang: str(text) for lang, text in node.items()}
        return
    for key, child in node.items():
        if not isinstance(child, dict):
            raise ValueError(f"the table of words: '{prefix}.{key}' lacks a language")
        _collect(child, f"{prefix}.{key}" if prefix else key, into)


def say(key: str, lang: Language, /, **values: object) -> str:
    """The text of ``key`` in ``lang`` with its placeholders filled.

    Raises
    ------
    KeyError : the table of words has no such key, or a placeholder has no value.
    """
    return table()[key][lang].format(**values)


def user_language(asked: str | None = None) -> Language:
    """The language to speak: asked for, else CIRCULARPARK_LANG, else the locale's, else English."""
    candidates = (
        asked,
        os.environ.get("CIRCULARPARK_LANG"),
        os.environ.get("LC_ALL"),
        os.environ.get("LANG"),
        locale.getlocale()[0],
    )
    for candidate in candidates:
        if candidate:
            return "zh" if candidate.lower().startswith(("zh", "chinese")) else "en"
    return "en"
