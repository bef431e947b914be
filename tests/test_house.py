"""The house stays small, clean and complete: file sizes, paths, package data, lock files."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.sources import PACKAGE, ROOT, kept_files

LOCKS = ("requirements.lock", "requirements-dev.lock")
TEXT = {".py", ".md", ".toml", ".csv", ".geojson", ".lock", ".in", ".json", ".js", ".css", ""}
# Folders of one machine; written apart so that this file does not find itself.
MACHINE_PATHS = re.compile(
    "|".join(f"/{name}/" + r"[A-Za-z0-9_]" for name in ("work", "root", "home"))
)
LINE_LIMIT = 400


def lines_of(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def texts() -> list[Path]:
    return [file for file in kept_files() if file.suffix in TEXT]


def test_no_python_file_is_longer_than_400_lines():
    long = {
        str(file.relative_to(ROOT)): lines_of(file)
        for file in kept_files()
        if file.suffix == ".py" and lines_of(file) > LINE_LIMIT
    }
    assert long == {}


def test_no_file_names_a_folder_of_one_machine():
    found = [
        f"{file.relative_to(ROOT)}: {match.group()}"
        for file in texts()
        if (match := MACHINE_PATHS.search(file.read_text(encoding="utf-8", errors="replace")))
    ]
    assert found == []


def test_nothing_outside_the_checkout_is_read():
    outside = "/".join(("..", "shared"))
    found = [
        str(file.relative_to(ROOT))
        for file in texts()
        if outside in file.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_nothing_unfinished_is_left_in_the_code():
    unfinished = re.compile(
        r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")) + r")\b"
    )
    found = [
        str(file.relative_to(ROOT))
        for file in kept_files()
        if file.suffix == ".py" and unfinished.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) > 20
    assert [entry.split(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert [entry.split(" ")[0] for entry in entries if "==" not in entry.split(" ")[0]] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_index(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"https?://|file:|--(?:extra-)?index-url|--find-links", text) == []


def test_the_lock_holds_every_declared_requirement():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = re.compile(r"^[A-Za-z0-9_.-]+")
    for lock, wanted in (
        ("requirements.lock", project["dependencies"]),
        ("requirements-dev.lock", project["optional-dependencies"]["dev"]),
    ):
        text = (ROOT / lock).read_text(encoding="utf-8")
        locked = {match.group() for line in text.splitlines() if (match := name.match(line))}
        missing = {name.match(one).group().lower() for one in wanted} - locked
        assert missing == set(), lock


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (file,) = folder.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_package(wheel):
    wanted = {
        f"circularpark/{file.relative_to(PACKAGE).as_posix()}"
        for file in kept_files()
        if file.is_relative_to(PACKAGE)
    }
    assert wanted - wheel == set()


def test_the_wheel_holds_the_demo_parks_and_solver_profiles(wheel):
    wanted = {
        f"circularpark/_{name}/{file.relative_to(ROOT / name).as_posix()}"
        for name in ("parks", "solvers")
        for file in kept_files()
        if file.is_relative_to(ROOT / name)
    }
    assert "circularpark/_solvers/highs.toml" in wanted
    assert wanted - wheel == set()
