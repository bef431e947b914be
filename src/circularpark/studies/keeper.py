"""Answers from the run store where the same was asked before; what is new is kept there.

A stored answer is not believed: the program is made anew from the park's data, takes the kept
points instead of solving, and is accounted for and proven like any other. So what comes from
the store is certified now, by today's code, and a damaged store cannot give a wrong answer.
What is wrong with the store is told beside the answer and never stands in its way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

import pandas as pd

from circularpark.errors import NoFeasiblePlan, StoreError
from circularpark.solve.memory import Memory, remembering
from circularpark.studies.journal import Run
from circularpark.studies.question import Question
from circularpark.studies.store import RunStore
from circularpark.words import LANGUAGES, Language, say

T = TypeVar("T")


@dataclass(frozen=True)
class Telling:
    """What is kept of an answer: its status, all of it as JSON, and its tables.

    Both are made only where they are written.
    """

    status: str
    answer: Callable[[], Mapping[str, Any]]
    tables: Callable[[], Mapping[str, pd.DataFrame]]


@dataclass(frozen=True)
class Kept:
    """What the store has to do with an answer.

    run : the stored run; None where there is no store, or it failed
    answered : the answer came from it; troubles : what is wrong with the store
    """

    run: Run | None = None
    answered: bool = False
    troubles: tuple[StoreError, ...] = ()

    def as_dict(self, lang: Language) -> dict[str, Any] | None:
        """What the JSON says of the store; None where none was used."""
        if self.run is None and not self.troubles:
            return None
        return {
            "run": self.run.key if self.run else None,
            "saved": self.run.saved if self.run else None,
            "answered": self.answered,
            "problems": [t.finding.as_dict(lang) for t in self.troubles],
        }

    def line(self, lang: Language) -> str | None:
        """Where the answer came from, or where it was kept; None where no store was used."""
        if self.run is None:
            return None
        if not self.answered:
            return say("store.kept", lang, run=self.run.number)
        proof = "store.as_it_was" if self.run.status == "infeasible" else "store.proven"
        told = {"run": self.run.number, "saved": self.run.local_time, "proven": say(proof, lang)}
        return say("store.answered", lang, **told)


# What an answer says that no store was asked for.
NOT_KEPT: Final = Kept()


@dataclass(frozen=True)
class StoredDiagnosis:
    """Why a stored run has no plan, in both languages as it was found."""

    told: Mapping[str, Mapping[str, Any]]

    def as_dict(self, lang: Language) -> dict[str, object]:
        """Shortages and cures."""
        return dict(self.told[lang]["answer"])

    def text(self, lang: Language) -> str:
        """The same in sentences."""
        return str(self.told[lang]["text"])


class StoredRefusal(NoFeasiblePlan):
    """A stored run found no feasible plan; it is told as it was then."""

    def __init__(self, diagnosis: StoredDiagnosis, park: str) -> None:
        super().__init__(diagnosis, park)
        self.told = diagnosis.told

    def text(self, lang: Language) -> str:
        told = getattr(self, "told", None)
        return super().text(lang) if told is None else str(told[lang]["heading"])


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What a question gave: an answer, or that there is no feasible plan."""

    value: T | None
    error: NoFeasiblePlan | None
    kept: Kept

    def unwrapped(self) -> T:
        """The answer.

        Raises
        ------
        NoFeasiblePlan : there is none.
        """
        if self.error is not None:
            self.error.kept = self.kept
            raise self.error
        assert self.value is not None  # noqa: S101 - either of the two is there
        return self.value


@dataclass
class Keeper:
    """Asks the store first and tells it last; without a store it only works."""

    store: RunStore | None = None
    troubles: list[StoreError] = field(default_factory=list)

    def ask(
        self,
        question: Callable[[], Question],
        work: Callable[[], T],
        tell: Callable[[T], Telling | None],
    ) -> Outcome[T]:
        """The answer to a question, from the store or by work.

        Parameters
        ----------
        question : made only where there is a store
        work : finds the answer; raises ``NoFeasiblePlan`` where there is none
        tell : what to keep of it; None where it may not be kept, being unproven
        """
        if self.store is None:
            return _worked(work, NOT_KEPT)
        self.troubles = []
        asked = question()
        run, memory = self._known(asked)
        if run is not None and run.status == "infeasible":
            found = self._refusal(run)
            if found is not None:
                return Outcome(None, found, Kept(run, True))
        elif run is not None and memory is not None:
            with remembering(memory):
                outcome = _worked(work, Kept(run, True))
            if memory.answered and outcome.value is not None and tell(outcome.value) is not None:
                return outcome
            self.troubles.append(StoreError("store.unproven", run=run.number))
        return self._new(asked, work, tell, replace=run is not None)

    def _new(
        self,
        asked: Question,
        work: Callable[[], T],
        tell: Callable[[T], Telling | None],
        *,
        replace: bool,
    ) -> Outcome[T]:
        begun = time.perf_counter()
        memory = Memory()
        with remembering(memory):
            outcome = _worked(work, NOT_KEPT)
        seconds = time.perf_counter() - begun
        if outcome.error is not None:
            told: Telling | None = _no_plan(outcome.error)
        else:
            told = tell(outcome.unwrapped())
        run = None
        if told is not None and not self._hopeless():
            run = self._keep(asked, told, memory, seconds, replace=replace)
        return Outcome(outcome.value, outcome.error, Kept(run, False, tuple(self.troubles)))

    def _hopeless(self) -> bool:
        """Whether the store failed in a way that writing would only meet again."""
        mendable = {"store.damaged", "store.unproven"}
        return any(t.finding.code not in mendable for t in self.troubles)

    def _known(self, asked: Question) -> tuple[Run | None, Memory | None]:
        """The stored run of a question and its points, as far as they can be read."""
        run = None
        try:
            run = self._store.find(asked)
            if run is not None and run.status != "infeasible":
                return run, self._store.memory(run)
        except StoreError as trouble:
            self.troubles.append(trouble)
        return run, None

    def _refusal(self, run: Run) -> NoFeasiblePlan | None:
        try:
            answer = self._store.answer(run)
        except StoreError as trouble:
            self.troubles.append(trouble)
            return None
        return StoredRefusal(StoredDiagnosis(answer["diagnosis"]), run.park)

    def _keep(
        self, asked: Question, told: Telling, memory: Memory, seconds: float, *, replace: bool
    ) -> Run | None:
        try:
            return self._store.keep(
                asked,
                told.status,
                answer=told.answer(),
                tables=told.tables(),
                memory=memory if told.status != "infeasible" else None,
                seconds=seconds,
                replace=replace,
            )
        except StoreError as trouble:
            self.troubles.append(trouble)
            return None

    @property
    def _store(self) -> RunStore:
        assert self.store is not None  # noqa: S101 - asked only where there is one
        return self.store


def _worked(work: Callable[[], T], kept: Kept) -> Outcome[T]:
    try:
        return Outcome(work(), None, kept)
    except NoFeasiblePlan as error:
        return Outcome(None, error, kept)


def _no_plan(error: NoFeasiblePlan) -> Telling | None:
    """What is kept of a park without a plan: why, in both languages."""
    diagnosis = error.diagnosis
    text, as_dict = (getattr(diagnosis, name, None) for name in ("text", "as_dict"))
    if not callable(text) or not callable(as_dict):
        return None
    told = {
        lang: {"heading": error.text(lang), "text": text(lang), "answer": as_dict(lang)}
        for lang in LANGUAGES
    }
    return Telling("infeasible", lambda: {"status": "infeasible", "diagnosis": told}, dict)
