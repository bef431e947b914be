"""The tables of stored studies in the reader's words: names for ids, headings for columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from circularpark.park.model import BUILT_IN
from circularpark.words import Language, say, table

if TYPE_CHECKING:
    import pandas as pd

# Keys, which join a table with the park's; their names stand beside them.
KEYS: Final = ("item", "items", "needs", "proven")
# The measures that fit on a terminal; the store has them all.
FIRST: Final = ("co2", "cost", "capex")


def study_table(frame: pd.DataFrame, lang: Language) -> pd.DataFrame:
    """A stored table as people read it, in one language."""
    other = "en" if lang == "zh" else "zh"
    first = [f"name_{lang}"] if f"name_{lang}" in frame else []
    out = {*KEYS, f"name_{other}", *first, *(set(BUILT_IN) - set(FIRST))}
    shown = frame[[*first, *(str(c) for c in frame.columns if str(c) not in out)]].copy()
    if "kind" in shown:
        shown["kind"] = [say(f"report.kind.{kind}", lang) for kind in shown["kind"]]
    if "knee" in shown:
        knee = say("studies.pareto.knee", lang)
        shown["knee"] = [knee if is_knee else "" for is_knee in shown["knee"]]
    return shown.rename(columns={name: column_word(str(name), lang) for name in shown.columns})


def column_word(name: str, lang: Language) -> str:
    """What a column is called: a measure by its name, others by their word."""
    if name in BUILT_IN:
        return BUILT_IN[name][1 if lang == "zh" else 2]
    bare = "name" if name == f"name_{lang}" else name
    key = f"store.column.{bare}"
    return say(key, lang) if key in table() else name
