"""What a solve spends its time on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Clock:
    """Seconds spent in each step of a solve."""

    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, step: str, work, *args, **kwargs):  # type: ignore[no-untyped-def]
        """Do ``work`` and add its time to ``step``."""
        begun = time.perf_counter()
        try:
            return work(*args, **kwargs)
        finally:
            spent = time.perf_counter() - begun
            self.seconds[step] = self.seconds.get(step, 0.0) + spent
