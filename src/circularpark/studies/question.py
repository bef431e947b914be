"""What was asked, as one key: the park's data, the model's version, the solver and the options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from circularpark.park.content import content_hash

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.solve.profile import SolverProfile

# What of the package decides about an answer; words and pictures do not.
_MODEL = ("park", "physics", "program", "account", "solve", "studies")


@dataclass(frozen=True)
class Question:
    """One question to a park; equal keys have equal answers.

    kind : solve, pareto or macc; park, case : how they are called, which is no part of the key
    data : hash of the park's data; model : version of circularpark and hash of its code
    solver : profile, options and versions; options : of the command
    """

    kind: str
    park: str
    case: str | None
    data: str
    model: str
    solver: Mapping[str, Any]
    options: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def key(self) -> str:
        """SHA-256 of all that decides about the answer."""
        parts = (self.kind, self.data, self.model, dict(self.solver), dict(self.options))
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def question(park: Park, profile: SolverProfile, kind: str = "solve", **options: Any) -> Question:
    """The question that ``kind`` with these options asks of a park."""
    return Question(
        kind=kind,
        park=park.id,
        case=park.case,
        data=content_hash(park),
        model=model_version(),
        solver=_solver(profile),
        options=options,
    )


@cache
def model_version() -> str:
    """The version of circularpark, and a hash of its code: a changed checkout asks anew."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in _MODEL:
        for file in sorted((root / room).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode())
            digest.update(file.read_bytes())
    return f"{metadata.version('circularpark')}+{digest.hexdigest()[:16]}"


def _solver(profile: SolverProfile) -> dict[str, Any]:
    """A solver as its profile sets it, and the versions of what runs."""
    names = ["highspy", "numpy", "scipy"]
    names += ["pyomo"] if profile.interface == "pyomo" else []
    versions = {name: metadata.version(name) for name in names}
    if profile.interface == "pyomo":
        from circularpark.solve.foreign import version_of

        versions[profile.pyomo_name] = version_of(profile)
    return {
        "profile": profile.id,
        "name": profile.name,
        "options": profile.native_options(),
        "versions": versions,
    }
