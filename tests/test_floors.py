"""Imports go only downward: the floors of the house, walked through every import statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.sources import modules, nodes

# From the ground up; rooms on one floor know nothing of each other.
FLOORS = (
    ("words", "errors"),
    ("park",),
    ("physics",),
    ("program",),
    ("account",),
    ("solve",),
    ("studies",),
    ("show",),
    ("cli", "web"),
)
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
# What a higher floor may not touch although it lies below.
CLOSED = {"show": {"program"}}
# The check on raw data stays apart from the program: only the time table is shared.
DOORS = {("account", "program"): {"circularpark.program.time"}}
SOLVERS = {"highspy", "pyomo"}
FACADES = {"circularpark", "circularpark.__main__"}


def room_of(module: str) -> str:
    """The floor's room that a module lives in: circularpark.park.read -> park."""
    return module.split(".")[1] if "." in module else ""


def imports() -> Iterator[tuple[str, str]]:
    """(importing module, imported module), type-checking imports included."""
    known = set(modules())
    for name, node in nodes():
        if isinstance(node, ast.Import):
            yield from ((name, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative imports hide the floor"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield name, inner if inner in known else str(node.module)


INSIDE = [
    (one, two)
    for one, two in imports()
    if two.startswith("circularpark") and one not in FACADES and two not in FACADES
]


def upward(pairs: list[tuple[str, str]]) -> list[str]:
    """The imports among ``pairs`` that go up or sideways."""
    wrong = []
    for one, two in pairs:
        above, below = room_of(one), room_of(two)
        if above == below:
            continue
        # Words and errors share the ground floor: an error speaks in words, never the reverse.
        if (above, below) == ("errors", "words"):
            continue
        if LEVEL[above] <= LEVEL[below] or below in CLOSED.get(above, set()):
            wrong.append(f"{one} imports {two}")
    return wrong


def test_every_room_has_its_floor():
    rooms = {room_of(name) for name in modules() if name not in FACADES}
    assert rooms <= set(LEVEL), f"rooms without a floor: {rooms - set(LEVEL)}"


def test_no_import_goes_up_or_sideways():
    assert upward(INSIDE) == []


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("circularpark.park.read", "circularpark.solve.plan"),
        ("circularpark.show.flowmap", "circularpark.program.assemble"),
        ("circularpark.words", "circularpark.errors"),
        ("circularpark.web.app", "circularpark.cli.main"),
    ],
)
def test_an_upward_or_sideways_import_would_be_seen(one, two):
    assert upward([(one, two)]) == [f"{one} imports {two}"]


def test_the_account_shares_only_the_time_table_with_the_program():
    for (one_room, two_room), open_to in DOORS.items():
        through = [
            f"{one} imports {two}"
            for one, two in INSIDE
            if room_of(one) == one_room and room_of(two) == two_room and two not in open_to
        ]
        assert through == []


def test_only_solve_imports_solvers():
    outside = [
        f"{one} imports {two}"
        for one, two in imports()
        if two.split(".")[0] in SOLVERS and room_of(one) != "solve"
    ]
    assert outside == []


def test_the_commands_do_not_import_the_package_from_below():
    # The public names of circularpark/__init__.py are for its users and for the top floor.
    inside = [
        one
        for one, two in imports()
        if two in FACADES and one not in FACADES and room_of(one) not in {"cli", "web"}
    ]
    assert inside == []
