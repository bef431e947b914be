"""Where runs are kept: a private folder of the user, never the park's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "CIRCULARPARK_STORE"
OFF: Final = "off"


def store_folder(asked: str | Path | None = None) -> Path | None:
    """The folder of the run store: asked for, else CIRCULARPARK_STORE, else the user's own.

    None where the variable says ``off``. A park's folder is often shared and under version
    control; what a run says of companies stays with the user who made it.
    """
    if asked is not None:
        return Path(asked).expanduser()
    named = os.environ.get(VARIABLE, "").strip()
    if named.lower() == OFF:
        return None
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return Path(user_data_path("circularpark", appauthor=False)) / "runs"
