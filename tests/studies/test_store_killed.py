"""Writers of the run store are killed: nothing they said is lost, nothing is half."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sources import ROOT


def killed(folder: Path, rounds: int, seconds: int) -> dict[str, int]:
    """What is left after killing writers so often."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.studies.kill_writer", str(folder), str(rounds)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the writers are forked")
@pytest.mark.parametrize(
    "rounds", [5, pytest.param(200, marks=pytest.mark.long)], ids=["few", "many"]
)
def test_killed_at_any_moment_nothing_said_stored_is_lost_and_nothing_is_half(tmp_path, rounds):
    found = killed(tmp_path / "runs", rounds, 60 + 6 * rounds)
    assert (found["lost"], found["broken"]) == (0, 0)
    assert found["stored"] >= found["said"] >= rounds
    # Some kills hit a writer in the middle of a run.
    assert rounds < 100 or found["left"] > 0
