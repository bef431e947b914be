"""Arguments and options that several commands share; their help is a key of the table of words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ParkName = Annotated[str, typer.Argument(metavar="PARK", help="cli.help.park")]
PlanName = Annotated[str, typer.Argument(metavar="PARK", help="cli.help.plan")]
CaseName = Annotated[str | None, typer.Option("--case", help="cli.help.case")]
Measure = Annotated[str | None, typer.Option("--minimise", help="cli.help.minimise")]
Solver = Annotated[str | None, typer.Option("--solver", help="cli.help.solver")]
Mode = Annotated[Literal["exact", "design"], typer.Option("--mode", help="cli.help.mode")]
OutFolder = Annotated[Path | None, typer.Option("--out", help="cli.help.out_folder")]
OutFile = Annotated[Path | None, typer.Option("--out", help="cli.help.out_file")]
MapFile = Annotated[Path | None, typer.Option("--out", help="cli.help.map_file")]
AsJson = Annotated[bool, typer.Option("--json", help="cli.help.json")]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help="cli.help.lang")]
