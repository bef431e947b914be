"""Plans of one park after another: the programs made anew, the solver going on where it stood.

What comes out is the same as from ``solve``: each plan is proven and checked against its
park's raw tables, whatever the solver began from. Where the way there does not end in a
proof, the program is solved once more from nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from circularpark.errors import NoFeasiblePlan, SolverError
from circularpark.physics.known_links import KnownLinks
from circularpark.program.assemble import Problem, build
from circularpark.program.collect import blocks_of
from circularpark.program.data import Blocks
from circularpark.program.known_time import KnownTime
from circularpark.solve.highs import Infeasible
from circularpark.solve.interior import HUGE
from circularpark.solve.profile import SolverProfile, read_profile
from circularpark.solve.run import (
    Clock,
    Judged,
    Optimum,
    build_plan,
    judge,
    optimise,
    plan_of_optimum,
    refuse,
    stages_for_best,
    why,
)
from circularpark.solve.warm import WarmModel

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.plan import Plan


class Resolver:
    """Solves programs one after another, each stage from the basis of the last program's.

    warm : how many programs were solved from an earlier basis; cold : from nothing
    """

    def __init__(self, profile: SolverProfile) -> None:
        self.profile = profile
        self.live = WarmModel(profile)
        self.warm = 0
        self.cold = 0

    def optimise(self, problem: Problem, clock: Clock) -> Optimum:
        """Least of each objective stage in turn.

        Programs too large for a vertex are solved from nothing. Those with whole numbers are
        chosen anew, for a basis knows nothing of them.

        Raises
        ------
        Infeasible : no point meets all rows, found so without any earlier basis.
        SolverError : the solver failed from nothing, too.
        """
        chosen = bool(problem.integer.any())
        native = self.profile.interface == "highs"
        if native and not chosen and problem.near_matrix.nnz <= HUGE:
            begun = bool(self.live.stages)
            try:
                found = optimise(problem, self.profile, clock, self.live.move(problem))
            except (Infeasible, SolverError):
                self.live.forget()
            else:
                if all(proof.ok for proof in found.proofs):
                    self.warm, self.cold = self.warm + begun, self.cold + (not begun)
                    return found
                self.live.forget()
        return self.afresh(problem, clock)

    def afresh(self, problem: Problem, clock: Clock) -> Optimum:
        """The same from nothing, as ``solve`` does it.

        Raises
        ------
        Infeasible, SolverError : as ``optimise``
        """
        self.live.forget()
        self.cold += 1
        return optimise(problem, self.profile, clock)


class Replanner:
    """Plans of parks that differ little: best operation and plan, each with its own models."""

    def __init__(self, solver: SolverProfile | str | None = None) -> None:
        profile = solver if isinstance(solver, SolverProfile) else read_profile(solver)
        self.profile = profile
        self.best = Resolver(profile)
        self.whole = Resolver(profile)
        self.links = KnownLinks()
        self.times = KnownTime()

    def plan(
        self, park: Park, *, blocks: Blocks | None = None, minimise: str | None = None
    ) -> Plan:
        """The plan of ``park``, as ``solve`` would give it.

        Raises
        ------
        ParkDataError, NoFeasiblePlan, SolverError : as ``solve``
        """
        clock = Clock()
        if blocks is None:
            blocks = clock.run("build", blocks_of, park, self.links, self.times)
        best = self.best_operation(park, clock, blocks)
        problem = build_plan(park, best.account if best else None, clock, minimise, blocks)
        return self.plan_of(problem, best, clock)

    def best_operation(self, park: Park, clock: Clock, blocks: Blocks) -> Judged | None:
        """The best operation, proven; None where what stands cannot meet the wants."""
        stages = stages_for_best()
        problem = clock.run("build", build, park, operation_only=True, stages=stages, blocks=blocks)
        try:
            optimum = self.best.optimise(problem, clock)
        except Infeasible:
            return None
        judged = judge(optimum, clock, None, limits=False)
        if not judged.certificate.ok:
            judged = judge(self.best.afresh(problem, clock), clock, None, limits=False)
        if not judged.certificate.ok:
            refuse(judged.certificate)
        return judged

    def plan_of(self, problem: Problem, best: Judged | None, clock: Clock) -> Plan:
        """The plan of a program beside a best operation.

        Raises
        ------
        NoFeasiblePlan : no point meets all rows; the diagnosis says which of them
        """
        try:
            optimum = self.whole.optimise(problem, clock)
        except Infeasible:
            raise NoFeasiblePlan(why(problem, self.profile), problem.park.id) from None
        plan = plan_of_optimum(optimum, best, self.profile, clock)
        if plan.certificate.ok or self.profile.interface != "highs":
            return plan
        # What an earlier basis leaves in the last digits may be too much for the raw tables.
        return plan_of_optimum(self.whole.afresh(problem, clock), best, self.profile, clock)
