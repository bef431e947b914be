"""A plan that was solved before: by its run's number or tag, or by the folder it was written to.

Neither keeps the park's data; they keep where it is. The plan comes from the run store, where it
is proven again with the park as it is; data that have changed since are told, never passed over.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from circularpark.errors import ParkDataError, StoreError

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.studies.journal import Run
    from circularpark.studies.store import RunStore

# The file of a plan's folder that says how it was asked for.
PLAN: Final = "plan.json"


@dataclass(frozen=True)
class Asked:
    """What to solve: a park and how; of a plan from before also what its data must be.

    data : hash of the park's data when it was solved; model : version of what solved it;
    name : of the run or folder
    """

    park: str
    case: str | None = None
    minimise: str | None = None
    mode: str = "exact"
    solver: str | None = None
    data: str = ""
    model: str = ""
    name: str = ""

    def check(self, park: Park) -> None:
        """The park as it was read now is that of the plan.

        Raises
        ------
        StoreError : its data have changed, or another version may have read them otherwise.
        """
        from circularpark.park.content import content_hash
        from circularpark.studies.question import model_version

        if self.data and content_hash(park) != self.data:
            same = self.model == model_version()
            code = "store.data_changed" if same else "store.read_otherwise"
            raise StoreError(code, value=self.name, park=self.park)

    def as_dict(self, park: Park, folder: Path) -> dict[str, Any]:
        """The same for a plan's ``folder``; files as they lie from there, not as this machine
        calls them: a folder that is passed on tells no more than it must."""
        from circularpark.studies.question import model_version

        place = _from(folder, park.place) if park.place is not None else self.park
        profile = self.solver
        if profile is not None and Path(profile).is_file():
            profile = _from(folder, Path(profile))
        return {
            "park": place,
            "case": self.case,
            "minimise": self.minimise,
            "mode": self.mode,
            "solver": profile,
            "model": model_version(),
        }


def what_is_asked(
    name: str, case: str | None, solver: str | None, mode: str, store: RunStore | None
) -> Asked:
    """What a park's name, a plan's folder or a stored run asks to be solved.

    Raises
    ------
    ParkDataError : there is no such park, folder or run.
    StoreError : a run or folder has no plan, or does not say where its park is.
    """
    from circularpark.park.folder import find_park

    if (Path(name) / PLAN).is_file():
        return _of_folder(Path(name))
    try:
        find_park(name)
    except ParkDataError:
        run = _run(name, store)
        if run is None:
            raise
        assert store is not None  # noqa: S101 - it has given the run
        return _of_run(run, store)
    return Asked(name, case, mode=mode, solver=solver)


def _run(name: str, store: RunStore | None) -> Run | None:
    """The stored run of that number or tag; None where there is none."""
    try:
        return None if store is None else store.run(name)
    except StoreError as trouble:
        if trouble.finding.code == "store.ambiguous":
            raise
        return None


def _of_run(run: Run, store: RunStore) -> Asked:
    if run.kind != "solve" or run.status == "infeasible":
        raise StoreError("store.no_plan", value=run.number)
    place = store.answer(run)["labels"].get("place")
    if not place:
        raise StoreError("store.no_place", value=run.number)
    options = run.options
    return Asked(
        park=str(place),
        case=run.case,
        minimise=options.get("minimise"),
        mode=str(options.get("mode", "exact")),
        solver=str(run.solver["profile"]),
        data=run.data,
        model=run.model,
        name=run.number,
    )


def _of_folder(folder: Path) -> Asked:
    told = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    asked = told.get("asked") if isinstance(told, dict) else None
    if not isinstance(asked, dict) or not asked.get("park"):
        raise StoreError("store.no_place", value=str(folder))
    return Asked(
        park=_seen_from(folder, str(asked["park"])),
        case=asked.get("case"),
        minimise=asked.get("minimise"),
        mode=str(asked.get("mode") or "exact"),
        solver=_seen_from(folder, asked["solver"]) if asked.get("solver") else None,
        data=str(told["data_hash"]),
        model=str(asked.get("model") or ""),
        name=str(folder),
    )


def _from(folder: Path, file: Path) -> str:
    """A file's path as it lies from a folder; whole where no way leads there (another drive)."""
    try:
        return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return str(file.resolve())


def _seen_from(folder: Path, named: str) -> str:
    """What a plan's folder names: a file as it lies from there, else the name as it stands."""
    there = folder / named
    return str(there.resolve()) if there.exists() else named
