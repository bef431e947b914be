"""The table of words is whole: both languages, equal placeholders, no key missing or idle."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

import pytest

from circularpark.cli.main import COMMANDS, GROUPS
from circularpark.park.schema import settings_keys, tables
from circularpark.words import LANGUAGES, table
from tests.sources import nodes

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_/%\-]+)+")
ENDINGS = (".message", ".fix")
# Functions whose first argument is a key, and what is appended to it.
SPEAKERS = {"say": ("",), "Finding": ENDINGS, "SolverError": ("",), "ProfileError": ("",)}


# Programs, formats and people, called alike in both languages.
CALLED_ALIKE = {
    "Excel", "Python", "Pyomo", "Chromium", "Markdown", "Latin", "circularpark", "Linnhoff",
    "Flower", "Dhole", "Feature",
}  # fmt: skip
# What a reader types or finds in a file as it stands: values, keys of TOML files and sheets,
# columns of lists, words of the programming interface, letters of formulas.
TYPED = {
    "true", "false", "null", "yes", "off", "last", "linear", "cost", "clinker", "annual", "exact",
    "design", "base", "note", "case", "cases", "change", "where", "increase", "drop", "share",
    "losses", "source", "sink", "companies", "interface", "pyomo", "options", "size", "limit",
    "project", "subsidy", "builds", "sent", "prices", "select", "seconds", "section", "key",
    "questionnaire", "confidence", "assumption", "problem", "Problem", "only", "var", "sigma",
    "lambda", "xlsx", "html", "install", "properties", "run", "pip",
}  # fmt: skip


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


def typed_words() -> set[str]:
    """Words that files and commands have: tables, columns, choices, settings, commands."""
    found = {*COMMANDS, *GROUPS, *(name for below in GROUPS.values() for name in below)}
    for name, declared in tables().items():
        found |= {name, *declared.columns}
        found |= {choice for column in declared.columns.values() for choice in column.choices}
    return found | {part for key in settings_keys() for part in key.split(".")}


def english_words(text: str) -> set[str]:
    """Words of four letters and more in a text, but placeholders, commands, options and files."""
    bare = re.sub(
        r"\{[^}]*\}|circularpark [a-z]+( [A-Za-z-]+)*|apt-get install [a-z-]+"
        r"|--[a-z-]+( [a-z]+)?|[\w.*/-]+\.[a-z]{2,7}\b|\.[a-z]{3,4}\b|\$[^$]*\$",
        " ",
        text,
    )
    return set(re.findall(r"(?<![A-Za-z_])[A-Za-z]?[a-z]{3,}(?![A-Za-z_])", bare))


def test_chinese_texts_have_no_english_words_but_names_units_and_what_is_typed():
    known = typed_words() | CALLED_ALIKE | TYPED | {"tce", "ppm"}
    found = {key: english_words(texts["zh"]) - known for key, texts in table().items()}
    assert {key: sorted(words) for key, words in found.items() if words} == {}


def test_english_texts_have_no_chinese_characters():
    chinese = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
    assert [key for key, texts in table().items() if chinese.search(texts["en"])] == []


def test_chinese_texts_are_chinese():
    # Symbols, units and formulas need no translation; a text of Latin letters only does.
    latin = [
        key
        for key, texts in table().items()
        if not re.search(r"[\u3400-\u9fff]", texts["zh"])
        and english_words(texts["zh"]) - {"tce", "ppm"}
    ]
    assert latin == []


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
