"""Outcomes of a command: exit codes, the one JSON object, and what goes to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, runtime_checkable

import typer

from circularpark.errors import (
    CircularParkError,
    Finding,
    NoFeasiblePlan,
    ParkDataError,
    SolverError,
    StoreError,
)
from circularpark.words import Language, say

if TYPE_CHECKING:
    from circularpark.park.model import Park

SOLVED: Final = 0
WRONG_USAGE: Final = 2
INVALID: Final = 3
INFEASIBLE: Final = 4
NOT_CERTIFIED: Final = 5

# Not the data is wrong here, but what was asked for on the command line.
ASKED_WRONGLY: Final = frozenset(
    {
        "checks.folder_taken",
        "evaluate.no_file",
        "park.case.missing",
        "park.folder.file",
        "park.folder.missing",
        "park.folder.missing_near",
        "solve.measure",
        "solve.mode",
        "solve.no_item",
        "solve.no_item_meant",
        "store.ambiguous",
        "store.no_duckdb",
        "store.no_table",
        "store.not_a_plan",
        "store.off",
        "store.query",
        "store.tag_name",
        "store.unknown",
        "studies.points",
        "studies.steps",
        "studies.two_measures",
        "studies.within",
    }
)


@runtime_checkable
class Diagnosed(Protocol):
    """What a diagnosis can say of itself."""

    def as_dict(self, lang: Language) -> dict[str, object]:
        """Shortages and cures as the contract's JSON has them."""

    def text(self, lang: Language) -> str:
        """The same in sentences."""


@runtime_checkable
class Kept(Protocol):
    """What the run store can say of an answer."""

    def as_dict(self, lang: Language) -> dict[str, object] | None:
        """The same in JSON."""

    def line(self, lang: Language) -> str | None:
        """Where the answer came from, or where it was kept."""


def write_page(file: Path, page: str) -> None:
    """Write a page where the reader asked for it; its folder is made."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page, encoding="utf-8")


def complain(text: str) -> None:
    """Write ``text`` to standard error."""
    typer.echo(text, err=True)


def show_json(answer: Mapping[str, object]) -> None:
    """Write ``answer`` to standard output as one JSON object, numbers at full precision."""
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, allow_nan=False))


@contextmanager
def outcome(lang: Language, *, as_json: bool = False) -> Iterator[None]:
    """Turns what can go wrong inside into the contract's exit codes and words."""
    try:
        yield
    except ParkDataError as problem:
        problems = [f for f in problem.findings if f.severity == "problem"]
        listed = [f.as_dict(lang) for f in problems]
        if all(f.code in ASKED_WRONGLY for f in problems):
            text = "\n".join(f"{f.message(lang)}\n  {f.fix(lang)}" for f in problems)
            _end(WRONG_USAGE, text, {"status": "wrong_usage", "problems": listed}, as_json)
        _end(INVALID, problem.text(lang), {"status": "invalid", "problems": listed}, as_json)
    except NoFeasiblePlan as problem:
        text, told = infeasible(problem, lang)
        if isinstance(problem.kept, Kept):
            text = "\n".join(line for line in (text, problem.kept.line(lang)) if line)
            stored = problem.kept.as_dict(lang)
            told = told if stored is None else told | {"stored": stored}
        _end(INFEASIBLE, text, told, as_json)
    except SolverError as problem:
        text = problem.text(lang)
        _end(NOT_CERTIFIED, text, {"status": "failed", "message": text}, as_json)
    except StoreError as problem:
        wrong = problem.finding.code in ASKED_WRONGLY
        told = {
            "status": "wrong_usage" if wrong else "invalid",
            "problems": [problem.finding.as_dict(lang)],
        }
        _end(WRONG_USAGE if wrong else INVALID, problem.text(lang), told, as_json)
    except CircularParkError as problem:
        complain(problem.text(lang))
        raise typer.Exit(WRONG_USAGE) from None


def _end(code: int, text: str, answer: Mapping[str, object], as_json: bool) -> NoReturn:
    if as_json:
        show_json(answer)
    complain(text)
    raise typer.Exit(code) from None


def infeasible(problem: NoFeasiblePlan, lang: Language) -> tuple[str, dict[str, object]]:
    """What is short and what cures it: in words, and in the contract's JSON form."""
    answer: dict[str, object] = {"status": "infeasible", "shortages": [], "cures": []}
    text = problem.text(lang)
    diagnosis = problem.diagnosis
    if isinstance(diagnosis, Diagnosed):
        return f"{text}\n{diagnosis.text(lang)}", answer | diagnosis.as_dict(lang)
    return text, answer


@contextmanager
def progress(key: str, lang: Language, *, quiet: bool = False) -> Iterator[None]:
    """Say on a terminal what is being done, as long as it is done."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(say(key, lang)):
        yield


def speak_of_findings(park: Park, where: str, lang: Language, most: int = 5) -> None:
    """List on standard error what was noticed or repaired in the park's data."""
    noticed = [f for f in park.findings if f.severity != "problem"]
    for finding in noticed[:most]:
        complain(finding_line(finding, lang))
    if len(noticed) > most:
        complain(say("cli.more_findings", lang, count=len(noticed) - most, park=where))


def finding_line(finding: Finding, lang: Language) -> str:
    """One finding on one line: what kind it is, where, what, and the way out."""
    kind = say(f"cli.severity.{finding.severity}", lang)
    place = finding.place(lang)
    colon = say("cli.colon", lang)
    return colon.join(part for part in (kind, place, finding.message(lang)) if part) + (
        f"\n    {finding.fix(lang)}"
    )
