"""Status and capacity: what stands, what must be built, and how much may ever stand."""

from __future__ import annotations

import numpy as np

from circularpark.park.columns import Columns


def resolve_status(columns: Columns) -> Columns:
    """The columns with ``status``, ``capacity``, ``floor`` and ``capacity_max`` settled.

    Parameters
    ----------
    columns : with status (n,) (text, "" blank), capacity, capacity_max (n,) (NaN blank)

    Returns
    -------
    A copy: status is existing, candidate, required or forbidden; capacity is what stands now
    (inf for an existing thing without a number, 0 for all that is not existing); floor what a
    required thing is built to; capacity_max the most that may ever stand (inf: no limit).

    A required thing is built to *at least* its capacity, so only its capacity_max bounds it.
    """
    given, most, said = columns["capacity"], columns["capacity_max"], columns["status"]
    guessed = np.where(np.isnan(given), "candidate", "existing").astype(object)
    status = np.where(said == "", guessed, said).astype(object)
    existing, candidate = status == "existing", status == "candidate"
    required, forbidden = status == "required", status == "forbidden"

    unbounded = existing & np.isnan(given)
    standing = np.where(existing, np.where(unbounded, np.inf, given), 0.0)
    floor = np.where(required, np.nan_to_num(given, nan=0.0), 0.0)
    default = np.where(existing | candidate, given, np.inf)
    ceiling = np.where(np.isnan(most), default, most)
    ceiling = np.where(np.isnan(ceiling) | unbounded, np.inf, ceiling)
    ceiling = np.where(forbidden, 0.0, ceiling)
    return columns | {
        "status": status,
        "capacity": standing,
        "floor": floor,
        "capacity_max": ceiling,
    }
