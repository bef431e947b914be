"""The files of the checkout, for tests that read the code itself."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "circularpark"


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps, and those it would keep if they were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        named = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    else:
        # A source archive has no git: everything outside hidden and made folders.
        made = {"output", "build", "dist"}
        named = (
            file
            for file in ROOT.rglob("*")
            if not any(
                part.startswith(".") or part in made or part == "__pycache__"
                for part in file.relative_to(ROOT).parts[:-1]
            )
        )
    return tuple(sorted(file for file in named if file.is_file()))


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name, parsed."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    return found


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of every module, with the module's name."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            yield name, node
