"""What a case changes, in words: tables, rows, columns and values by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from circularpark.park.properties import property_name
from circularpark.park.schema import tables
from circularpark.show.describe import transport_word
from circularpark.solve.naming import row_names
from circularpark.words import Language, say
from circularpark.words import table as every_word

if TYPE_CHECKING:
    from circularpark.park.model import Park
    from circularpark.studies.difference import Difference

# Between the parts of a row's key, as the differences write them.
_BETWEEN: Final = "/"


class ChangeWords:
    """Names of what differs between parks, in one language; the first park's names win."""

    def __init__(self, parks: Sequence[Park], lang: Language) -> None:
        self.lang: Language = lang
        self._names: dict[str, str] = {}
        for park in reversed(parks):
            own = row_names(park.tables)
            self._names |= {name: words[lang] for name, words in own.items()}

    def line(self, change: Difference) -> str:
        """One difference as a line."""
        table = self._said("cli.table", change.table)
        row = self._row(change)
        if change.change != "cell":
            return say(f"studies.compare.{change.change}_row", self.lang, table=table, row=row)
        return say(
            "studies.compare.cell",
            self.lang,
            table=table,
            row=row,
            column=self._said("workbook.column", str(change.column)),
            before=self.value(change.before, change),
            after=self.value(change.after, change),
        )

    def _said(self, key: str, name: str) -> str:
        """A table's or column's word; what the park named itself stands as it is."""
        return say(f"{key}.{name}", self.lang) if f"{key}.{name}" in every_word() else name

    def _row(self, change: Difference) -> str:
        """A row by its name: what it is called itself where it came or went with one."""
        cells = change.after if change.change == "new" else change.before
        if isinstance(cells, dict):
            own = cells.get(f"name_{self.lang}") or cells.get(f"label_{self.lang}")
            if own:
                return str(own)
        parts = [self._name(part) for part in change.row.split(_BETWEEN)]
        return say("chart.join", self.lang).join(dict.fromkeys(parts))

    def _name(self, name: str) -> str:
        found = self._names.get(name) or property_name(name, self.lang)
        if found == name:
            found = self._said("cli.table", name)
        if found == name:
            found = transport_word(name, self.lang) or name
        return found

    def value(self, value: Any, change: Difference) -> str:
        """A cell: numbers in full, since a rounded one might hide the change; ids by names."""
        if value is None:
            return say("studies.compare.blank", self.lang)
        if isinstance(value, float):
            return f"{value:,.12g}"
        declared = tables().get(change.table)
        column = declared.columns.get(str(change.column)) if declared else None
        text = str(value)
        if column is not None and text in column.choices:
            return self._said("cli.choice", text)
        if column is not None and column.type in ("ref", "list"):
            parts = [self._name(part.strip()) for part in text.split(";")]
            return say("chart.join", self.lang).join(parts)
        return text
