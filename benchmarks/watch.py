"""CPU seconds of each phase of a tool, cut at the moments when HiGHS begins and ends its run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import highspy

from circularpark.solve import highs_library

PHASES = ("build", "hand_over", "run", "read_back")
OPTIONS = {"threads": 1, "output_flag": False}


class NotRunError(BaseException):
    """The tool reached the solver's run and was not to run it; no tool catches this."""


class Watch:
    """Where a process spends its CPU seconds, and how much memory the four phases take.

    Whatever a tool does to start HiGHS ends in ``highspy.Highs.run``, or in that of our own
    way to HiGHS' library: what comes before is hand-over, what comes after is read-back.

    peak : largest resident memory from the build to the read-back [MB]
    before : what was resident when the build began [MB]
    """

    def __init__(self, *, run: bool = True) -> None:
        self.run = run
        self.seconds: dict[str, float] = {}
        self.peak = self.before = 0.0
        self._phase = ""
        self._begun = 0.0
        self._inside = False

    def phase(self, name: str) -> None:
        """End the current phase and begin another; a blank name begins none."""
        now = time.process_time()
        if self._phase:
            self.seconds[self._phase] = self.seconds.get(self._phase, 0.0) + now - self._begun
        if name == "build":
            forget_peak()
            self.before = peak_megabytes()
        elif self._phase in PHASES:
            self.peak = peak_megabytes()
        self._phase, self._begun = name, time.process_time()

    @contextmanager
    def around_highs(self) -> Iterator[None]:
        """Notice every run of HiGHS in this process."""
        ways = [(highspy.Highs, name) for name in ("run", "solve", "optimize")]
        ways.append((highs_library.Highs, "run"))
        kept = [(owner, name, getattr(owner, name)) for owner, name in ways]
        for owner, name, own in kept:
            setattr(owner, name, self._noticed(own))
        try:
            yield
        finally:
            self.phase("")
            for owner, name, own in kept:
                setattr(owner, name, own)

    def _noticed(self, own: Callable[..., Any]) -> Callable[..., Any]:
        def run(highs: Any, *args: Any, **kwargs: Any) -> Any:
            if self._inside:
                return own(highs, *args, **kwargs)
            if not self.run:
                self.phase("")
                raise NotRunError
            self.phase("run")
            self._inside = True
            try:
                return own(highs, *args, **kwargs)
            finally:
                self._inside = False
                self.phase("read_back")

        return run


def peak_megabytes() -> float:
    """Largest resident memory since the process began, or since ``forget_peak`` [MB]."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) / 1024
    raise RuntimeError("the kernel does not tell the peak memory")


def forget_peak() -> None:
    """Let the peak memory begin anew at what is resident now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
