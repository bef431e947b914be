"""Solver profiles: which solver, by which way, with which options and tolerances.

A profile is a TOML file, named by its path or, for the packaged ones of the folder
``solvers``, by its bare name. What is written there is checked here, once.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from circularpark.errors import SolverError, WordedError
from circularpark.words import LANGUAGES, Language, say

Interface = Literal["highs", "pyomo"]
Option = str | int | float | bool
DEFAULT: Final = "highs"

# What is proven to this is proven, whatever is asked: answers are judged to a millionth.
LEAST_GAP: Final = 1e-6

# The keys that a profile may have; a misspelt one must not be silently without effect.
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"solver", "options", "tolerances"}),
    "solver": frozenset(
        {
            *("name", "interface", "pyomo_name", "duals", "when", "install"),
            *("package", "licence", "too_large"),
        }
    ),
    "tolerances": frozenset({"primal", "dual"}),
}
# What HiGHS calls the tolerances; solvers behind Pyomo get theirs through their own options.
_HIGHS_TOLERANCES: Final = {
    "primal": "primal_feasibility_tolerance",
    "dual": "dual_feasibility_tolerance",
}


class ProfileError(WordedError):
    """The solver profile cannot be used; ``text(lang)`` says why and what to do."""


class NotInstalled(ProfileError):
    """The profile's solver is not on this machine; ``text(lang)`` says how to get it."""

    def __init__(self, profile: SolverProfile) -> None:
        self.profile = profile
        super().__init__("profile.not_installed", name=profile.name)

    def text(self, lang: Language) -> str:
        how = self.profile.install.get(lang, "")
        return say(self.code, lang, **self.values, install=how).strip()


class NotUsable(ProfileError):
    """The profile's package is here, but will not run; ``text(lang)`` says what it needs."""

    def __init__(self, profile: SolverProfile, problem: str) -> None:
        self.profile = profile
        super().__init__("profile.not_usable", name=profile.name, problem=problem)

    def text(self, lang: Language) -> str:
        how = self.profile.licence.get(lang) or self.profile.install.get(lang, "")
        return say(self.code, lang, **self.values, way_out=how).strip()


class TooLarge(SolverError):
    """The licence does not allow a program of so many rows and columns."""

    def __init__(self, profile: SolverProfile, shape: tuple[int, int], problem: str) -> None:
        self.profile = profile
        rows, columns = shape
        super().__init__(
            "profile.too_large", name=profile.name, rows=rows, columns=columns, problem=problem
        )

    def text(self, lang: Language) -> str:
        how = self.profile.licence.get(lang, "")
        return say(self.code, lang, **self.values, way_out=how).strip()


@dataclass(frozen=True)
class SolverProfile:
    """One solver with its settings.

    ``interface`` "highs" hands arrays to HiGHS; "pyomo" goes through Pyomo to the solver
    that Pyomo knows as ``pyomo_name``. ``primal`` and ``dual`` are the feasibility
    tolerances asked for (absolute, on the scaled program). ``duals`` says whether Pyomo's
    interface returns those of the rows. ``when`` says when to use it,
    ``install`` how to get it, ``licence`` how to get one without limits. ``package`` is the
    Python package that Pyomo asks, and ``too_large`` what the solver says, in part, of a program
    that its licence does not allow.
    """

    id: str
    name: str
    interface: Interface
    pyomo_name: str
    options: Mapping[str, Option]
    primal: float
    dual: float
    when: Mapping[str, str]
    install: Mapping[str, str]
    duals: bool = True
    package: str = ""
    licence: Mapping[str, str] = field(default_factory=dict)
    too_large: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """The relative gap at which a choice of whole numbers counts as the best one."""
        asked = self.options.get("mip_rel_gap", LEAST_GAP)
        return max(float(asked), LEAST_GAP)

    def native_options(self) -> dict[str, Option]:
        """The options under the solver's own names, tolerances among them where it is HiGHS."""
        options = dict(self.options)
        if self.interface == "highs":
            options = {
                name: getattr(self, key) for key, name in _HIGHS_TOLERANCES.items()
            } | options
        return options


def profile_folder() -> Path:
    """The folder of the packaged profiles: in the wheel, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    packed = package / "_solvers"
    return packed if packed.is_dir() else package.parents[1] / "solvers"


def profile_names() -> tuple[str, ...]:
    """The names of the packaged profiles, sorted."""
    return tuple(sorted(file.stem for file in profile_folder().glob("*.toml")))


def read_profile(where: str | Path | None = None) -> SolverProfile:
    """The profile at a path, or the packaged one of that name; ``None`` is the default one.

    Raises
    ------
    ProfileError : there is no such profile, or what it says cannot be used.
    """
    file = _find(where if where is not None else DEFAULT)
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ProfileError("profile.not_toml", file=file, problem=problem) from None
    return _checked(content, file)


def _find(where: str | Path) -> Path:
    path = Path(where)
    if path.is_file():
        return path
    names = profile_names()
    # "solvers/highs.toml" finds the packaged profile from any folder.
    bare = (
        path.stem if path.suffix == ".toml" and path.parent.name in {"", "solvers"} else str(where)
    )
    if bare in names:
        return profile_folder() / f"{bare}.toml"
    close = difflib.get_close_matches(path.stem, names, n=1)
    code = "profile.unknown_meant" if close else "profile.unknown"
    raise ProfileError(code, where=where, known=", ".join(names), meant=close[0] if close else "")


def _checked(content: Mapping[str, object], file: Path) -> SolverProfile:
    _refuse_unknown_keys(content, "", file)
    solver = _table(content, "solver", file)
    tolerances = _table(content, "tolerances", file)
    interface = solver.get("interface")
    if interface not in get_args(Interface):
        known = ", ".join(get_args(Interface))
        raise ProfileError("profile.interface", file=file, value=interface, known=known)
    pyomo_name = str(solver.get("pyomo_name", ""))
    if interface == "pyomo" and not pyomo_name:
        raise ProfileError("profile.pyomo_name", file=file)
    options = _table(content, "options", file)
    for key, value in options.items():
        if not isinstance(value, str | int | float | bool):
            raise ProfileError("profile.option", file=file, key=key)
    return SolverProfile(
        id=file.stem,
        name=str(solver.get("name", file.stem)),
        interface="highs" if interface == "highs" else "pyomo",
        pyomo_name=pyomo_name,
        options={key: value for key, value in options.items() if isinstance(value, Option)},
        primal=_tolerance(tolerances, "primal", file),
        dual=_tolerance(tolerances, "dual", file),
        when=_both_languages(solver, "when", file),
        install=_both_languages(solver, "install", file) if "install" in solver else {},
        duals=solver.get("duals") is not False,
        package=str(solver.get("package", "")),
        licence=_both_languages(solver, "licence", file) if "licence" in solver else {},
        too_large=_texts(solver, "too_large", file),
    )


def _refuse_unknown_keys(content: Mapping[str, object], table: str, file: Path) -> None:
    for key in content:
        if key not in _KEYS[table]:
            shown = f"{table}.{key}" if table else key
            known = ", ".join(sorted(_KEYS[table]))
            raise ProfileError("profile.key", file=file, key=shown, known=known)


def _table(content: Mapping[str, object], name: str, file: Path) -> Mapping[str, object]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise ProfileError("profile.table", file=file, key=name)
    if name in _KEYS:
        _refuse_unknown_keys(table, name, file)
    return table


def _tolerance(tolerances: Mapping[str, object], key: str, file: Path) -> float:
    value = tolerances.get(key, 1e-9)
    # Above 1e-6 an answer could not pass its certificate; below 1e-10 solvers refuse.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e-10 <= value <= 1e-6:
        raise ProfileError("profile.tolerance", file=file, key=key, value=value)
    return float(value)


def _texts(solver: Mapping[str, object], key: str, file: Path) -> tuple[str, ...]:
    texts = solver.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
        raise ProfileError("profile.texts", file=file, key=key)
    return tuple(texts)


def _both_languages(solver: Mapping[str, object], key: str, file: Path) -> Mapping[str, str]:
    texts = solver.get(key)
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        raise ProfileError("profile.languages", file=file, key=key)
    return {lang: str(text) for lang, text in texts.items()}
