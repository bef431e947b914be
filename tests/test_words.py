"""The table of words is whole: both languages, equal placeholders, no key missing or idle."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

import pytest

from circularpark.words import LANGUAGES, table
from tests.sources import nodes

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_/%\-]+)+")
ENDINGS = (".message", ".fix")
# Functions whose first argument is a key, and what is appended to it.
SPEAKERS = {"say": ("",), "Finding": ENDINGS, "SolverError": ("",), "ProfileError": ("",)}


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def literals() -> Iterator[str]:
    """Every text constant of the code."""
    for _, node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def patterns() -> Iterator[re.Pattern[str]]:
    """Keys put together at run time: f"cli.kind.{kind}" stands for every key of that shape."""
    for _, node in nodes():
        if not isinstance(node, ast.JoinedStr):
            continue
        parts = [
            re.escape(part.value) if isinstance(part, ast.Constant) else r"[^.]+"
            for part in node.values
        ]
        first = node.values[0]
        if isinstance(first, ast.Constant) and re.match(r"[a-z_]+\.", str(first.value)):
            yield re.compile("".join(parts))


def spoken() -> Iterator[tuple[str, str]]:
    """(module, key) for every call that names its key as a plain text."""
    for module, node in nodes():
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in SPEAKERS and isinstance(first, ast.Constant):
            for ending in SPEAKERS[name]:
                yield module, f"{first.value}{ending}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_text_is_empty(lang):
    assert [key for key, texts in table().items() if not texts[lang].strip()] == []


def test_both_languages_have_the_same_placeholders():
    different = [
        key
        for key, texts in table().items()
        if placeholders(texts["zh"]) != placeholders(texts["en"])
    ]
    assert different == []


def test_chinese_texts_are_chinese():
    # Symbols, units and formulas need no translation; two English words in a row do.
    english = [
        key
        for key, texts in table().items()
        if re.search(r"[A-Za-z]{3,} [a-z]{3,}", re.sub(r"\{[^}]*\}", "", texts["zh"]))
        and not re.search(r"[\u3400-\u9fff]", texts["zh"])
    ]
    assert english == []


def test_every_key_that_is_spoken_exists():
    assert [f"{module}: {key}" for module, key in spoken() if key not in table()] == []


def test_every_key_is_used():
    named = set(literals())
    shapes = list(patterns())

    def used(key: str) -> bool:
        bare = next((key.removesuffix(e) for e in ENDINGS if key.endswith(e)), key)
        return (
            key in named
            or bare in named
            or key.rpartition(".")[0] in named
            or any(shape.fullmatch(key) or shape.fullmatch(bare) for shape in shapes)
        )

    assert [key for key in table() if not used(key)] == []


def test_every_finding_has_its_way_out():
    messages = {key.removesuffix(".message") for key in table() if key.endswith(".message")}
    fixes = {key.removesuffix(".fix") for key in table() if key.endswith(".fix")}
    assert messages == fixes


def test_every_key_is_written_like_one():
    assert [key for key in table() if not KEY.fullmatch(key)] == []
