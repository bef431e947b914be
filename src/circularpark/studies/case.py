"""A case: a park with changes, from its folder's ``cases`` or made in Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from circularpark.park.write import toml_value

# The keys of a change in the order in which they are written.
KEYS = ("table", "where", "set", "multiply", "increase", "row", "drop")


@dataclass(frozen=True)
class Case:
    """A park with changes, as ``cases/<name>.toml`` says them.

    name : what it is called in answers
    changes : each a mapping with ``table``, ``where`` and one of ``set``, ``multiply``,
        ``increase``, ``row``, ``drop``, as in the file
    base : another case of the park that this one stands on; note : what it is about
    """

    name: str
    changes: Sequence[Mapping[str, Any]] = ()
    base: str | None = None
    note: str = ""

    def toml(self) -> str:
        """The case as the text of its file."""
        lines = ["[case]", f"name = {toml_value(self.name)}"]
        if self.base:
            lines.append(f"base = {toml_value(self.base)}")
        if self.note:
            lines.append(f"note = {toml_value(self.note)}")
        for change in self.changes:
            lines += ["", "[[change]]"]
            ordered = sorted(change, key=lambda k: (KEYS.index(k) if k in KEYS else len(KEYS), k))
            lines += [f"{toml_value(k)} = {toml_value(_plain(change[k]))}" for k in ordered]
        return "\n".join(lines) + "\n"


def _plain(value: Any) -> Any:
    """A value as lists, dicts, texts, flags and numbers that TOML can write."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(v) for v in value]
    # Numbers of numpy are numbers too.
    return value.item() if hasattr(value, "item") else value
