"""What can go wrong, as values: findings in the data and the exceptions that carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from circularpark.words import Language, say

Severity = Literal["problem", "warning", "fixed"]


@dataclass(frozen=True)
class Finding:
    """One thing noticed in the data: where, what, and the way out.

    ``code`` is a key of the table of words that has two entries, ``<code>.message``
    and ``<code>.fix``. ``row`` is the row a spreadsheet shows (the header is row 1).
    """

    code: str
    severity: Severity = "problem"
    file: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    def _fill(self, part: str, lang: Language) -> str:
        values = {name: _spoken(value, lang) for name, value in self.values.items()}
        shown = {"value": self.value or "", "column": self.column or "", **values}
        return say(f"{self.code}.{part}", lang, **shown)

    def message(self, lang: Language) -> str:
        """What is wrong, in ``lang``."""
        return self._fill("message", lang)

    def fix(self, lang: Language) -> str:
        """The way out, in ``lang``."""
        return self._fill("fix", lang)

    def as_dict(self, lang: Language) -> dict[str, object]:
        """The finding as the JSON contract writes it."""
        return {
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "message": self.message(lang),
            "fix": self.fix(lang),
        }

    def place(self, lang: Language) -> str:
        """File, row and column, as far as they are known."""
        parts = [self.file] if self.file else []
        if self.row is not None:
            parts.append(say("errors.row", lang, row=self.row))
        if self.column:
            parts.append(say("errors.column", lang, column=self.column))
        return say("errors.comma", lang).join(parts)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A value of a finding that has its own words: ``key`` in the table of words."""

    key: str

    def text(self, lang: Language) -> str:
        """The words in ``lang``."""
        return say(self.key, lang)


def _spoken(value: object, lang: Language) -> object:
    """A value as it is shown: what can say itself in both languages does."""
    text = getattr(value, "text", None)
    return text(lang) if isinstance(value, (Exception, Spoken)) and callable(text) else value


class CircularParkError(Exception):
    """What this package raises on purpose; ``text(lang)`` is for the reader."""

    def text(self, lang: Language) -> str:
        return str(self)


class ParkDataError(CircularParkError):
    """The park's data has problems; all of them are in ``findings``."""

    def __init__(self, findings: Sequence[Finding], park: str = "") -> None:
        self.findings = tuple(findings)
        self.park = park
        super().__init__(self.text("en"))

    def text(self, lang: Language) -> str:
        problems = [f for f in self.findings if f.severity == "problem"]
        count = "errors.problem" if len(problems) == 1 else "errors.problems"
        lines = [say(count, lang, park=self.park, count=len(problems))]
        for finding in problems:
            place, message = finding.place(lang), finding.message(lang)
            told = say("errors.at", lang, place=place, message=message) if place else message
            lines.append(f"  {told}")
            lines.append(f"    {finding.fix(lang)}")
        return "\n".join(lines)


class WordedError(CircularParkError):
    """An error whose words are the key ``code`` in the table of words, filled with ``values``."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(self.text("en"))

    def text(self, lang: Language) -> str:
        """The reason in ``lang``."""
        return say(self.code, lang, **self.values)


class SolverError(WordedError):
    """The solver failed, or its answer did not pass the certificate."""


class RuleError(WordedError):
    """A rule of the user's own, or a model that was changed, cannot be used as it stands."""


class NoFeasiblePlan(CircularParkError):
    """No plan meets every limit; ``diagnosis`` says what is short and what cures it.

    ``kept`` says what the run store has to do with it, where one was used.
    """

    def __init__(self, diagnosis: object, park: str = "") -> None:
        self.diagnosis = diagnosis
        self.kept: object = None
        self.park = park
        super().__init__(say("errors.infeasible", "en", park=park))

    def text(self, lang: Language) -> str:
        return say("errors.infeasible", lang, park=self.park)


class StoreError(CircularParkError):
    """The run store cannot be used as it is; ``finding`` says what is wrong and what to do."""

    def __init__(self, code: str, file: str = "", value: str = "", **values: object) -> None:
        self.finding = Finding(code, "problem", file, None, None, value, values)
        super().__init__(self.text("en"))

    def text(self, lang: Language) -> str:
        """What is wrong with which store, and the way out."""
        return f"{self.finding.message(lang)}\n  {self.finding.fix(lang)}"
