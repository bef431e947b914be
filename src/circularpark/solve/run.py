"""Solve a park: its best operation, its plan, and the proof of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from circularpark.account.flows import Flows
from circularpark.account.measures import Account, account_of
from circularpark.errors import Finding, NoFeasiblePlan, ParkDataError, SolverError
from circularpark.program.assemble import Objective, Problem, build
from circularpark.program.collect import blocks_of
from circularpark.program.data import Blocks
from circularpark.program.time import Floats
from circularpark.solve.certificate import Certificate, Held, StageProof, prove
from circularpark.solve.clock import Clock as Clock
from circularpark.solve.highs import Infeasible, Point
from circularpark.solve.integer import MixedModel, holding
from circularpark.solve.interior import is_large
from circularpark.solve.memory import Recalling, standing
from circularpark.solve.months import large_model
from circularpark.solve.open_columns import SimplexModel
from circularpark.solve.point_flows import flows_of
from circularpark.solve.pools import PooledModel, is_pooled
from circularpark.solve.profile import SolverProfile, read_profile

if TYPE_CHECKING:
    from circularpark.account.check import Check
    from circularpark.park.model import Park, Stage
    from circularpark.solve.design import Design
    from circularpark.solve.plan import Plan

HELD_WITHIN = 1e-6
MODES = ("exact", "design")


@dataclass(frozen=True)
class Optimum:
    """The lexicographic optimum of one program: its stages' points and proofs.

    edits : what a user changed in the Pyomo model that was solved, by component
    """

    problem: Problem
    points: tuple[Point, ...]
    proofs: tuple[StageProof, ...]
    held: tuple[Held, ...]
    edits: tuple[str, ...] = ()

    @property
    def x(self) -> Floats:
        """The final point, (n,)."""
        return self.points[-1].x


class Live(Protocol):
    """A program inside a solver."""

    def minimise(self, costs: Floats) -> Point:
        """The least of ``costs @ x`` under the stages held so far."""

    def again(self, costs: Floats, point: Point) -> Point:
        """The stage once more, with duals that may prove what the first ones did not."""

    def hold(self, costs: Floats, most: float) -> None:
        """Keep ``costs @ x <= most`` in all later stages."""


def hand_over(problem: Problem, profile: SolverProfile) -> Live:
    """The program inside the profile's solver: HiGHS by arrays, others through Pyomo."""
    if problem.integer.any():
        mixed = MixedModel(problem, profile, hand_over)
        return PooledModel(problem, profile, mixed) if is_pooled(problem) else mixed
    if profile.interface == "highs":
        if not is_large(problem, profile):
            return SimplexModel(problem, profile)
        return large_model(problem, profile)
    from circularpark.solve import solvers

    return solvers.hand_over(problem, profile)


def optimise(
    problem: Problem, profile: SolverProfile, clock: Clock, live: Live | None = None
) -> Optimum:
    """Least of each objective stage in turn, later ones holding the earlier within 1e-6.

    Raises
    ------
    Infeasible : no point meets all rows.
    SolverError : the solver failed, or the optimum leans on a bound that we derived.
    """
    live = clock.run("hand_over", standing, problem, profile, live, hand_over)
    points: list[Point] = []
    proofs: list[StageProof] = []
    held: list[Held] = []
    for place, objective in enumerate(problem.objectives):
        point = clock.run("solve", live.minimise, objective.costs)
        proof = clock.run("certify", proved, problem, objective, point, kept(held, point))
        if not proof.ok and not proof.leaning:
            # Loose bounds may spoil the gap; from the same basis tighter tolerances close it.
            point = clock.run("solve", live.again, objective.costs, point)
            proof = clock.run("certify", proved, problem, objective, point, kept(held, point))
        held = kept(held, point)
        points.append(point)
        proofs.append(proof)
        if place + 1 < len(problem.objectives):
            size = float(np.abs(objective.costs * point.x).sum())
            most = point.value + HELD_WITHIN * size
            live.hold(objective.costs, most)
            held.append(Held(objective.costs, most))
    leaning = [name for proof in proofs for name in proof.leaning]
    if leaning:
        raise SolverError("solve.leaning", columns=", ".join(leaning[:5]))
    if isinstance(live, Recalling):
        live.learn(proven=all(proof.ok for proof in proofs))
    return Optimum(problem, tuple(points), tuple(proofs), tuple(held))


def kept(held: list[Held], point: Point) -> list[Held]:
    """The earlier stages as the point keeps them, where it keeps them closer than it must."""
    if not point.held:
        return held
    return [replace(h, most=m) for h, m in zip(held, point.held, strict=True)]


def proved(problem: Problem, objective: Objective, point: Point, held: list[Held]) -> StageProof:
    """The proof of one stage by its duals; of whole numbers with those that were chosen held."""
    if point.within is not None:
        duals = point.duals[: len(problem.row_lower)]
        return prove(point.within, objective.name, objective.costs, point.x, duals, [])
    if not point.chosen:
        return prove(problem, objective.name, objective.costs, point.x, point.duals, held)
    fixed = holding(problem, point.x)
    proof = prove(fixed, objective.name, objective.costs, point.x, point.duals, held)
    return replace(proof, best_bound=point.best_bound, offset=objective.offset)


@dataclass(frozen=True)
class Judged:
    """An optimum with its flows, its account and what the raw-data check found."""

    optimum: Optimum
    flows: Flows
    account: Account
    check: Check
    certificate: Certificate


def judge(optimum: Optimum, clock: Clock, best: Account | None, *, limits: bool) -> Judged:
    """Account for an optimum and check it against the park's raw tables."""
    from circularpark.account.book import Book
    from circularpark.account.check import check_book

    problem = optimum.problem
    data = problem.data
    flows = flows_of(problem, optimum.x)
    # The park's tables know nothing of a user's own columns.
    known = {name: flow for name, flow in flows.items() if flow.axis}
    book = clock.run("account", Book, problem.park, data.time, data.blocks.links_at, known)
    account = clock.run("account", account_of, book)
    check = clock.run("certify", check_book, book, limits=limits, best=best, own=account)
    certificate = Certificate(
        primal=float(check.worst) if not check.unjudged else np.inf,
        balance=check.error("balance"),
        account=_against_account(optimum, account),
        stages=optimum.proofs,
        whole=_from_whole(optimum),
    )
    return Judged(optimum, flows, account, check, certificate)


def _from_whole(optimum: Optimum) -> float | None:
    """How far columns that must be whole are from it; None where there are none."""
    values = optimum.x[optimum.problem.integer]
    return float(np.abs(values - np.round(values)).max()) if len(values) else None


def _against_account(optimum: Optimum, account: Account) -> float:
    """Largest difference of an objective stage from the account, relative to what it sums."""
    worst = 0.0
    for objective in optimum.problem.objectives:
        # What stays unmet is no measure, and neither is a user's own objective.
        if "unmet" in objective.weights or not objective.weights:
            continue
        program = float(objective.costs @ optimum.x) + objective.offset
        stage = _Weights(objective.weights)
        size = float(np.abs(objective.costs * optimum.x).sum()) + abs(objective.offset)
        error = abs(program - account.objective(stage))
        worst = max(worst, error / size if size > 0 else error)
    return worst


@dataclass(frozen=True)
class _Weights:
    weights: Mapping[str, float]


def stages_for_best() -> Sequence[Stage]:
    """The one objective stage of the best operation: least cost."""
    return [_Weights({"cost": 1.0})]  # type: ignore[list-item]


def best_operation(
    park: Park, profile: SolverProfile, clock: Clock, blocks: Blocks | None = None
) -> Judged | None:
    """Existing things run at least cost, without limits; None where they cannot meet the wants."""
    stages = stages_for_best()
    problem = clock.run("build", build, park, operation_only=True, stages=stages, blocks=blocks)
    try:
        optimum = optimise(problem, profile, clock)
    except Infeasible:
        return None
    return judge(optimum, clock, None, limits=False)


def solve(
    park: Park,
    *,
    solver: SolverProfile | str | None = None,
    minimise: str | None = None,
    mode: str = "exact",
) -> Plan:
    """The plan of a park: least of its objective under its limits, proven.

    Parameters
    ----------
    solver : profile, its name or path; default HiGHS
    minimise : a measure to minimise first instead of the park's own
    mode : "exact": the whole program; "design": capacities from typical days, then every hour

    Raises
    ------
    ParkDataError : a limit needs what the park does not have
    NoFeasiblePlan : the limits contradict each other; the diagnosis says which
    SolverError : HiGHS failed, or the park lets something grow without end
    """
    if mode not in MODES:
        raise ParkDataError([Finding("solve.mode", value=mode)], park.id)
    profile = solver if isinstance(solver, SolverProfile) else read_profile(solver)
    if mode == "design":
        from circularpark.solve.design import design

        return design(park, profile, minimise)
    clock = Clock()
    # Routes and candidate links are the same for the best operation and the plan.
    blocks = clock.run("build", blocks_of, park)
    best = certified_best(park, profile, clock, blocks)
    problem = build_plan(park, best.account if best else None, clock, minimise, blocks)
    return _finish(problem, best, profile, clock)


def plan_of(
    problem: Problem,
    solver: SolverProfile | str | None = None,
    clock: Clock | None = None,
    *,
    live: Live | None = None,
) -> Plan:
    """The plan of a program, with whatever rows a user has added to it.

    Parameters
    ----------
    live : the program where it already stands in a solver

    Raises
    ------
    NoFeasiblePlan : no point meets all rows; the diagnosis says which of them
    SolverError : the solver failed, or something grows without end
    """
    profile = solver if isinstance(solver, SolverProfile) else read_profile(solver)
    clock = clock or Clock()
    best = certified_best(problem.park, profile, clock)
    return _finish(problem, best, profile, clock, live)


def certified_best(
    park: Park, profile: SolverProfile, clock: Clock, blocks: Blocks | None = None
) -> Judged | None:
    """The best operation, proven; None where what stands cannot meet the wants."""
    best = best_operation(park, profile, clock, blocks)
    if best is not None and not best.certificate.ok:
        refuse(best.certificate)
    return best


def _finish(
    problem: Problem,
    best: Judged | None,
    profile: SolverProfile,
    clock: Clock,
    live: Live | None = None,
) -> Plan:
    try:
        optimum = optimise(problem, profile, clock, live)
    except Infeasible:
        raise NoFeasiblePlan(why(problem, profile), problem.park.id) from None
    return plan_of_optimum(optimum, best, profile, clock)


def plan_of_optimum(
    optimum: Optimum,
    best: Judged | None,
    profile: SolverProfile,
    clock: Clock,
    *,
    mode: str = "exact",
    design: Design | None = None,
) -> Plan:
    """The plan of an optimum, accounted for and judged.

    design : how the capacities were chosen, where it was not by the whole program
    """
    from circularpark.solve.plan import Plan

    judged = judge(optimum, clock, best.account if best else None, limits=True)
    park = optimum.problem.park
    return Plan(park, judged, best, profile, dict(clock.seconds), mode=mode, design=design)


def why(problem: Problem, profile: SolverProfile) -> object:
    """The diagnosis: a user's own rules first, then the park's."""
    from circularpark.solve.diagnose import diagnose
    from circularpark.solve.rules import conflict, without_rules

    native = profile if profile.interface == "highs" else read_profile()
    found = conflict(problem, native)
    return found if found is not None else diagnose(without_rules(problem), native)


def build_plan(
    park: Park,
    best: Account | None,
    clock: Clock | None = None,
    minimise: str | None = None,
    blocks: Blocks | None = None,
) -> Problem:
    """The program of the plan, its ceilings measured against the best operation."""
    clock = clock or Clock()
    relative = park.tables.limits["relative_to"] == "best_operation"
    baseline: dict[str, Floats] | None = None
    if relative.any():
        if best is None:
            raise ParkDataError([Finding("solve.no_best_operation", file="limits.csv")], park.id)
        named = park.tables.limits[relative]
        wanted = sorted({*named["measure"], *named["per_measure"]} - {""})
        baseline = {name: best.blocks(name) for name in wanted}
    stages = stages_of(park, minimise)
    return clock.run("build", build, park, baseline=baseline, stages=stages, blocks=blocks)  # type: ignore[no-any-return]


def build_for(park: Park, solver: SolverProfile | str | None = None) -> Problem:
    """The program of ``park``; only where a limit needs the best operation is that solved first."""
    if not (park.tables.limits["relative_to"] == "best_operation").any():
        return build_plan(park, None)
    profile = solver if isinstance(solver, SolverProfile) else read_profile(solver)
    best = best_operation(park, profile, Clock())
    return build_plan(park, best.account if best else None)


def stages_of(park: Park, minimise: str | None) -> Sequence[Stage]:
    """The park's objective stages, the first replaced where the user asks for another."""
    stages = list(park.settings.stages)
    if minimise is None:
        return stages
    known = list(park.tables.measures["id"])
    if minimise not in known:
        finding = Finding("solve.measure", value=minimise, values={"known": ", ".join(known)})
        raise ParkDataError([finding], park.id)
    if minimise == "co2" and park.settings.cost_ceiling is not None:
        return stages
    first = replace(stages[0], weights={minimise: 1.0})
    return [first, *(s for s in stages[1:] if set(s.weights) != {minimise})]


def refuse(certificate: Certificate) -> None:
    """Raise what says why a certificate fails."""
    raise SolverError(
        "solve.not_certified",
        primal=certificate.primal,
        gap=certificate.dual_gap,
        account=certificate.account,
    )
