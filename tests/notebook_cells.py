"""Runs a page of notebooks/ cell by cell, as a notebook does, and says which pictures it shows.

``python notebook_cells.py PAGE``
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

PICTURE = "shows a picture:"


def cells(text: str) -> list[str]:
    """The code of a py:percent page; a cell of words begins with its kind in brackets."""
    parts = re.split(r"^# %%(.*)$", text, flags=re.MULTILINE)
    return [code for kind, code in zip(parts[1::2], parts[2::2], strict=True) if not kind.strip()]


def run(page: Path) -> None:
    """Run every cell in one space; the value of a cell's last line is what it shows."""
    space: dict[str, object] = {"__name__": "__main__"}
    for code in cells(page.read_text(encoding="utf-8")):
        tree = ast.parse(code, str(page))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, str(page), "exec"), space)  # noqa: S102 - the page is ours
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), str(page), "eval"), space)  # noqa: S307
            if hasattr(value, "_repr_svg_"):
                assert value._repr_svg_().startswith("<svg")
                print(PICTURE, value.title)


if __name__ == "__main__":
    run(Path(sys.argv[1]))
