"""Why a park has no plan, in words: what is short, what binds, and the smallest cures."""

from __future__ import annotations

from dataclasses import dataclass

from circularpark.errors import SolverError
from circularpark.program.assemble import Problem
from circularpark.solve.diagnosis.cures import cures
from circularpark.solve.diagnosis.elastic import relax
from circularpark.solve.diagnosis.entries import Binding, NamedChange, Shortage
from circularpark.solve.diagnosis.levers import levers
from circularpark.solve.diagnosis.writer import Writer
from circularpark.solve.highs import Infeasible
from circularpark.solve.integer import blamed
from circularpark.solve.profile import SolverProfile
from circularpark.words import Language, say


@dataclass(frozen=True)
class Diagnosis:
    """What is short, what is used up, and what would make a plan possible.

    choices : whole numbers (``on``, ``units``) without which there would be a plan; where no
        single kind of them is to blame, all together
    """

    shortages: tuple[Shortage, ...]
    binding: tuple[Binding, ...]
    cures: tuple[tuple[NamedChange, ...], ...]
    choices: tuple[str, ...] = ()

    def as_dict(self, lang: Language) -> dict[str, object]:
        """``shortages``, ``binding`` and ``cures`` as JSON-able values."""
        return {
            "shortages": [s.as_dict(lang) for s in self.shortages],
            "binding": [
                {"table": b.table, "item": b.item, "value": b.value, "unit": b.unit,
                 "text": b.texts[lang]}
                for b in self.binding
            ],
            "cures": [
                {"changes": [c.as_dict(lang) for c in cure], "text": _joined(cure, lang)}
                for cure in self.cures
            ],
            "choices": [
                {"variable": name, "text": say(f"diagnose.choice.{name}", lang)}
                for name in self.choices
            ],
        }  # fmt: skip

    def text(self, lang: Language) -> str:
        """The diagnosis as lines for a park manager."""
        if self.choices:
            return "\n".join(say(f"diagnose.choice.{name}", lang) for name in self.choices)
        if not self.shortages:
            return say("diagnose.borderline", lang)
        lines = [s.texts[lang] for s in self.shortages]
        lines += [b.texts[lang] for b in self.binding]
        if not self.cures:
            lines.append(say("diagnose.none", lang))
        elif len(self.cures) > 1:
            lines.append(say("diagnose.any", lang))
            lines += [f"  - {_joined(cure, lang)}" for cure in self.cures]
        else:
            key = "diagnose.one" if len(self.cures[0]) == 1 else "diagnose.together"
            lines.append(say(key, lang, cure=_joined(self.cures[0], lang)))
        return "\n".join(lines)


def _joined(cure: tuple[NamedChange, ...], lang: Language) -> str:
    return say("diagnose.and", lang).join(change.texts[lang] for change in cure)


def diagnose(problem: Problem, profile: SolverProfile) -> Diagnosis:
    """Why ``problem`` has no feasible point; every cure was solved before it is named.

    Raises
    ------
    SolverError : HiGHS failed on the elastic program.
    """
    try:
        elastic = relax(problem, profile)
    except Infeasible:
        # Every rule that could be broken was relaxed, so only broken data or a failure is left.
        raise SolverError("diagnose.unexplained") from None
    if not elastic.gave:
        return Diagnosis((), (), (), blamed(problem, profile))
    every = levers(problem, elastic.x)
    writer = Writer(problem, elastic, every)
    return Diagnosis(
        shortages=tuple(writer.shortages()),
        binding=tuple(writer.binding()),
        cures=tuple(
            tuple(writer.change(change) for change in cure)
            for cure in cures(problem, elastic, every, profile)
        ),
    )
