"""What a report is made of: sections with paragraphs, pictures and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from typing import Final

from circularpark.show.sheet import Picture
from circularpark.show.twin import table
from circularpark.words import Language, say

# A small picture is not blown up to the width of the page: its letters would outgrow the text.
LARGEST: Final = 1.12
_SIZE: Final = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')


@dataclass
class Section:
    """One section in the making; ``name`` is its key in the words and its anchor."""

    name: str
    lang: Language
    parts: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What stands above it."""
        return say(f"report.section.{self.name}", self.lang)

    def say(self, words: str, kind: str = "") -> None:
        """A paragraph."""
        shown = f' class="{kind}"' if kind else ""
        self.parts.append(f"<p{shown}>{escape(words)}</p>")

    def points(self, lines: Iterable[str]) -> None:
        """A list of sentences; nothing where there is none."""
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        if items:
            self.parts.append(f"<ul>{items}</ul>")

    def picture(self, picture: Picture | None, kind: str = "") -> None:
        """A picture with its title and sentence."""
        if picture is not None:
            self.parts.append(
                f'<figure class="panel {kind}"><h3>{escape(picture.title)}</h3>'
                f"{_within(picture.svg)}<figcaption>{escape(picture.caption or picture.told)}"
                "</figcaption></figure>"
            )

    @contextmanager
    def beside(self, kind: str = "pair") -> Iterator[None]:
        """What is added meanwhile stands side by side where there is room."""
        place = len(self.parts)
        yield
        made = "".join(self.parts[place:])
        self.parts[place:] = [f'<div class="{kind}">{made}</div>'] if made else []

    def pair(self, pictures: Sequence[Picture]) -> None:
        """Pictures beside one another where there is room."""
        with self.beside("pair" if len(pictures) > 1 else "alone"):
            for picture in pictures:
                self.picture(picture)

    def raw(self, html: str) -> None:
        """HTML that is escaped already."""
        self.parts.append(html)

    def table(
        self,
        caption: str,
        heads: Sequence[tuple[str, bool]],
        rows: Sequence[Sequence[str]],
    ) -> None:
        """A table: heads with whether numbers stand below, and rows of text; none without rows."""
        if not rows:
            return
        numeric = [right for _, right in heads]
        body = ["<tr>" + "".join(map(cell, row, numeric)) + "</tr>" for row in rows]
        count = sum(part.count('<div class="scroll">') for part in self.parts)
        self.parts.append(table(caption, list(heads), body, f"{self.name}-{count}"))

    def columns(
        self,
        caption: str,
        heads: Sequence[tuple[str, bool]],
        groups: Sequence[Sequence[Sequence[str]]],
    ) -> None:
        """One long table as several beside one another."""
        with self.beside():
            for rows in groups:
                if rows:
                    self.table(caption, heads, rows)

    def html(self) -> str:
        """The section as HTML; "" where it holds nothing."""
        if not self.parts:
            return ""
        body = "".join(self.parts)
        return f'<section id="{self.name}"><h2>{escape(self.title)}</h2>{body}</section>'


def _within(svg: str) -> str:
    """A picture that grows no larger than a little above its own size."""
    size = _SIZE.search(svg)
    if size is None:
        return svg
    widest = float(size.group(1)) * LARGEST
    return svg.replace("<svg ", f'<svg style="max-width:{widest:.0f}px" ', 1)


def cell(words: str, right: bool) -> str:
    """One cell of a table."""
    return f'<td class="n">{escape(words)}</td>' if right else f"<td>{escape(words)}</td>"


def heads(lang: Language, *names: str, right: Sequence[str] = ()) -> list[tuple[str, bool]]:
    """Column heads from the words, and whether numbers stand below each."""
    return [(say(f"report.head.{name}", lang), name in right) for name in names]
