"""A study: one park and many cases of it, solved one after another."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from circularpark.errors import NoFeasiblePlan, ParkDataError, SolverError
from circularpark.park.cases import bases_of, read_case
from circularpark.park.folder import Files, find_park
from circularpark.park.known import KnownChecks
from circularpark.park.model import Park
from circularpark.park.read import park_of, read_files
from circularpark.physics.formulas import FORMULAS
from circularpark.solve.again import Replanner
from circularpark.solve.profile import SolverProfile
from circularpark.studies.case import Case
from circularpark.studies.difference import Difference, differences
from circularpark.studies.keeper import NOT_KEPT, Keeper, Kept, Outcome
from circularpark.studies.kept_tables import plan_telling
from circularpark.studies.question import question
from circularpark.studies.store import RunStore

if TYPE_CHECKING:
    from circularpark.solve.plan import Plan
    from circularpark.studies.compare import Comparison
    from circularpark.studies.evaluated import Evaluation
    from circularpark.studies.macc import Macc
    from circularpark.studies.near import Near
    from circularpark.studies.pareto import Pareto

# How a solved case ends, in the words of the contract's JSON.
OPTIMAL, NOT_CERTIFIED = "optimal", "not_certified"
INFEASIBLE, INVALID, FAILED = "infeasible", "invalid", "failed"


@dataclass(frozen=True)
class Answer:
    """What one case gave.

    name : of the case, None for the park as it is
    status : optimal, not_certified, infeasible, invalid or failed
    plan : where there is one; error : what stood against it, where not
    changes : how the case differs from the park, None where it could not be read
    seconds : from the case's text to its plan
    kept : what the run store has to do with it
    bases : the cases that it stands on, the nearest first
    """

    name: str | None
    status: str
    plan: Plan | None = None
    error: NoFeasiblePlan | ParkDataError | SolverError | None = None
    changes: tuple[Difference, ...] | None = None
    seconds: float = 0.0
    kept: Kept = NOT_KEPT
    bases: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read:
    """A case as it was read: the park, and its tables' text for the difference."""

    park: Park
    files: Files


@dataclass
class Study:
    """One park and its cases; what they share is found once, and solves go on from each other.

    Parameters
    ----------
    where : the park's folder or workbook, or a demo park's name
    solver : profile, its name or path; default HiGHS
    store : where what was solved is kept and found again [nowhere]

    Raises
    ------
    ParkDataError : there is no such park
    """

    where: str | Path
    solver: SolverProfile | str | None = None
    store: RunStore | None = None
    _files: Files = field(init=False, repr=False)
    planner: Replanner = field(init=False, repr=False)
    keeper: Keeper = field(init=False, repr=False)
    _known: dict[str, _Read] = field(default_factory=dict, init=False, repr=False)
    known_checks: KnownChecks = field(default_factory=KnownChecks, init=False, repr=False)

    def __post_init__(self) -> None:
        self._files = read_files(find_park(self.where))
        self.planner = Replanner(self.solver)
        self.keeper = Keeper(self.store)

    @property
    def cases(self) -> tuple[str, ...]:
        """The names of the cases that the park has in its folder."""
        return tuple(sorted(self._files.cases))

    def park(self, case: Case | str | None = None) -> Park:
        """The park of a case, read and checked.

        Raises
        ------
        ParkDataError : there is no such case, or its data has problems.
        """
        return self._read(case).park

    def changes(self, case: Case | str) -> tuple[Difference, ...]:
        """How a case differs from the park: table, row, column, from, to."""
        return tuple(differences(self._read(None).files, self._read(case).files))

    def plan(self, case: Case | str | None = None) -> Plan:
        """The plan of a case, certified as every plan is.

        Raises
        ------
        ParkDataError, NoFeasiblePlan, SolverError : as ``solve``
        """
        return self._planned(self.park(case)).unwrapped()

    def _planned(self, park: Park) -> Outcome[Plan]:
        """The plan of a park, from the store where it is known."""
        return self.keeper.ask(
            lambda: question(park, self.planner.profile, minimise=None, mode="exact"),
            lambda: self.planner.plan(park),
            plan_telling,
        )

    def answer(self, case: Case | str | None = None) -> Answer:
        """The plan of a case, or what stands against it; nothing is raised."""
        with _uncollected():
            return replace(self._answer(case), bases=self._bases(case))

    def _bases(self, case: Case | str | None) -> tuple[str, ...]:
        if isinstance(case, Case):
            known = self._files.cases | {case.name: case.toml().encode()}
            return bases_of(known, case.name)
        return () if case is None else bases_of(self._files.cases, case)

    def _answer(self, case: Case | str | None) -> Answer:
        begun = time.perf_counter()
        name = case.name if isinstance(case, Case) else case
        changes: tuple[Difference, ...] | None = () if case is None else None
        try:
            changes = changes if case is None else self.changes(case)
            found = self._planned(self.park(case))
            plan = found.unwrapped()
        except ParkDataError as error:
            return Answer(name, INVALID, None, error, changes, time.perf_counter() - begun)
        except NoFeasiblePlan as error:
            spent = time.perf_counter() - begun
            return Answer(name, INFEASIBLE, None, error, changes, spent, found.kept)
        except SolverError as error:
            return Answer(name, FAILED, None, error, changes, time.perf_counter() - begun)
        status = OPTIMAL if plan.certificate.ok else NOT_CERTIFIED
        spent = time.perf_counter() - begun
        return Answer(name, status, plan, None, changes, spent, found.kept)

    def answers(self, cases: Sequence[Case | str | None]) -> Iterator[Answer]:
        """The answers of several cases, one after another; one bad case does not stop the rest."""
        return (self.answer(case) for case in cases)

    def compare(self, cases: Sequence[Case | str]) -> Comparison:
        """The park as it is and these cases beside each other: see ``studies.compare``."""
        from circularpark.studies.compare import compare

        return compare(self, cases)

    def pareto(
        self,
        measures: Sequence[str] = ("cost", "co2"),
        *,
        points: int = 20,
        case: Case | str | None = None,
        exact: bool = False,
    ) -> Pareto:
        """The curve between two measures: see ``studies.pareto``."""
        from circularpark.studies.pareto import pareto

        return pareto(self, measures, points=points, case=case, exact=exact)

    def macc(self, *, steps: int = 10, case: Case | str | None = None) -> Macc:
        """What abatement costs, by re-solving and by project: see ``studies.macc``."""
        from circularpark.studies.macc import macc

        return macc(self, steps=steps, case=case)

    def near(
        self,
        within: float = 1.0,
        *,
        minimise: str | None = None,
        items: Sequence[str] = ("*",),
        case: Case | str | None = None,
    ) -> Near:
        """The ranges of all things among nearly optimal plans: see ``studies.near``."""
        from circularpark.studies.near import near

        return near(self, within, minimise=minimise, items=items, case=case)

    def evaluate(
        self,
        projects: str | Path | None = None,
        *,
        case: Case | str | None = None,
        terms: Mapping[str, float] | None = None,
        support: bool = False,
        runs: int | None = None,
    ) -> Evaluation:
        """Projects of the plan, or of a list, one by one: see ``studies.evaluate``."""
        from circularpark.studies.evaluate import evaluate

        return evaluate(self, projects, case=case, terms=terms, support=support, runs=runs)

    def missing(self, cases: Sequence[str]) -> ParkDataError | None:
        """What to say of names that are no case of the park; None where all are."""
        known = self._files.cases
        found = [f for c in cases if c not in known for f in read_case(known, c)[1]]
        return ParkDataError(found, str(self.where)) if found else None

    def _read(self, case: Case | str | None) -> _Read:
        files = _copy(self._files)
        if isinstance(case, Case):
            files.cases[case.name] = case.toml().encode()
        name = case.name if isinstance(case, Case) else case
        text = "" if name is None else files.cases.get(name, b"").decode("utf-8", "replace")
        key = f"{name}\n{text}" if name is not None else ""
        if key not in self._known:
            park = park_of(files, case=name, formulas=FORMULAS, known=self.known_checks)
            # The last few are enough: a case is read for its difference, then for its plan.
            while len(self._known) > 1:
                self._known.pop(next(k for k in self._known if k))
            self._known[key] = _Read(park, files)
        return self._known[key]


def _copy(files: Files) -> Files:
    """The files once more, to be changed."""
    return replace(
        files,
        toml=deepcopy(files.toml),
        sheets={
            name: {column: cells.copy() for column, cells in sheet.items()}
            for name, sheet in files.sheets.items()
        },
        geometry={name: places.copy() for name, places in files.geometry.items()},
        findings=list(files.findings),
        cases=dict(files.cases),
        changed=dict(files.changed),
    )


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles, which would look through the whole study many times.

    A case makes and drops a few hundred small tables; what it leaves in cycles is collected
    after it.
    """
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()
