"""The model as Markdown with LaTeX, read from the docstrings of its constraints."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from circularpark.program.constraints import CONSTRAINTS
from circularpark.words import Language, say

_SYMBOL = re.compile(
    r"^(?P<symbol>[\w, ]+?) : (?P<array>(?:data|var)\.[\w.]+)\s+(?:\[(?P<unit>[^\]]+)\]\s*)?"
    r"(?P<meaning>.*)$"
)


@dataclass(frozen=True)
class Symbol:
    """One line of a docstring: the symbol, the array it names, unit and meaning."""

    symbol: str
    array: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Equation:
    """One constraint as its docstring states it."""

    name: str
    claim: str
    latex: str
    notes: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    dual: str


def equation(constraint: Callable[..., Any]) -> Equation:
    """The docstring of a constraint, taken apart.

    Raises
    ------
    ValueError : it has no docstring or no equation.
    """
    text = inspect.getdoc(constraint) or ""
    claim, _, rest = text.partition("\n")
    if ".. math::" not in rest:
        raise ValueError(f"{constraint.__name__} has no equation in its docstring")
    before, _, after = rest.partition(".. math::")
    paragraphs = [p for p in re.split(r"\n\s*\n", after) if p.strip()]
    latex = " ".join(paragraphs[0].split())
    symbols: list[Symbol] = []
    notes = [" ".join(before.split())] if before.strip() else []
    dual = ""
    for paragraph in paragraphs[1:]:
        lines = paragraph.strip("\n").split("\n")
        if all(_SYMBOL.match(line.strip()) for line in lines):
            symbols += [_symbol(line) for line in lines]
        elif paragraph.strip().startswith("Dual:"):
            dual = " ".join(paragraph.split())[len("Dual: ") :]
        else:
            notes.append(" ".join(paragraph.split()))
    return Equation(constraint.__name__, claim, latex, tuple(notes), tuple(symbols), dual)


def _symbol(line: str) -> Symbol:
    found = _SYMBOL.match(line.strip())
    if found is None:
        raise ValueError(line)
    return Symbol(
        found["symbol"].strip(), found["array"], found["unit"] or "", found["meaning"].strip()
    )


def equations_markdown(lang: Language) -> str:
    """Every constraint of the model with its equation, symbols and what its dual means."""
    parts = [f"# {say('program.equations.title', lang)}", say("program.equations.opening", lang)]
    head = " | ".join(say(f"program.equations.{k}", lang) for k in ("symbol", "array", "unit"))
    for constraint in CONSTRAINTS:
        found = equation(constraint)
        parts.append(f"## `{found.name}`\n\n{say(f'program.claim.{found.name}', lang)}")
        parts.append(f"$$\n{_spoken(found.latex, lang)}\n$$")
        if found.notes:
            parts.append(say(f"program.note.{found.name}", lang))
        rows = [f"| {head} |", "|---|---|---|"]
        for symbol in found.symbols:
            meaning = say(f"program.array.{symbol.array.replace('.', '_')}", lang)
            rows.append(f"| {symbol.symbol} | `{symbol.array}` {meaning} | {symbol.unit} |")
        parts.append("\n".join(rows))
        dual = say(f"program.dual.{found.name}", lang)
        parts.append(f"*{say('program.equations.dual', lang)}* {dual}")
    return "\n\n".join(parts) + "\n"


def _spoken(latex: str, lang: Language) -> str:
    """The words inside an equation in the reader's language."""

    def translated(found: re.Match[str]) -> str:
        words = found[1]
        key = "_".join(words.strip(" ,").split())
        lead = words[: len(words) - len(words.lstrip(" ,"))]
        tail = words[len(words.rstrip(" ,")) :]
        return f"\\text{{{lead}{say(f'program.text.{key}', lang)}{tail}}}"

    return re.sub(r"\\text\{([^}]*)\}", translated, latex)
