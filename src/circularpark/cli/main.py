"""Puts the commands together, in the reader's language, and turns outcomes into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from circularpark.cli import (
    check,
    compare,
    draw,
    evaluate,
    explain,
    export,
    macc,
    near,
    new,
    pareto,
    report,
    runs,
    solve,
)
from circularpark.cli.outcome import WRONG_USAGE, complain
from circularpark.words import Language, say, user_language

COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "check": check.check,
    "solve": solve.solve,
    "compare": compare.compare,
    "evaluate": evaluate.evaluate,
    "pareto": pareto.pareto,
    "macc": macc.macc,
    "near": near.near,
    "map": draw.draw,
    "report": report.report,
    "explain": explain.explain,
    "new": new.new,
    "export": export.export,
}

# Commands with commands of their own.
GROUPS: Final[Mapping[str, Mapping[str, Callable[..., None]]]] = {"runs": runs.COMMANDS}
# The option ``--tag`` has the name that the command's help would have.
_PART_HELP: Final = {"runs_tag": "cli.help.runs_tagging"}

# How the parser calls what is wrong -> its words; anything else is shown as the parser says it.
_USAGE: Final = {
    "NoSuchOption": "cli.usage.no_such_option",
    "MissingParameter": "cli.usage.missing",
    "BadParameter": "cli.usage.bad_value",
    "BadOptionUsage": "cli.usage.no_value",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with the exit code of the contract."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(given))


def run(arguments: Sequence[str]) -> int:
    """Run the command line given as ``arguments``; returns the exit code."""
    lang = user_language(_asked_language(arguments))
    command = application(lang)
    try:
        result = command.main(
            args=_language_last(arguments) or ["--help"],
            prog_name="circularpark",
            standalone_mode=False,
        )
    except typer.TyperException as problem:
        complain(_usage_text(problem, lang))
        return WRONG_USAGE
    except (typer.Abort, KeyboardInterrupt):
        complain(say("cli.stopped", lang))
        return 130
    return result if isinstance(result, int) else 0


def application(lang: Language) -> Any:
    """The whole command with its help in ``lang``."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, help="cli.help.app")
    app.callback(invoke_without_command=True)(_start)
    for name, function in COMMANDS.items():
        app.command(name, help=f"cli.help.{name}")(function)
    for name, below in GROUPS.items():
        group = typer.Typer(rich_markup_mode=None, help=f"cli.help.{name}", no_args_is_help=True)
        # The language may stand anywhere; it was read before parsing.
        group.callback()(_in_language)
        for part, function in below.items():
            group.command(part, help=_PART_HELP.get(f"{name}_{part}", f"cli.help.{name}_{part}"))(
                function
            )
        app.add_typer(group, name=name)
    command = typer.main.get_command(app)
    for part in _family(command):
        _in_words(part, lang)
    return command


def _start(
    version: Annotated[bool, typer.Option("--version", help="cli.help.version")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="cli.help.lang")] = None,
) -> None:
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"circularpark {installed('circularpark')}")


def _in_language(
    lang: Annotated[str | None, typer.Option("--lang", help="cli.help.lang")] = None,
) -> None:
    """What stands before the commands of a group."""


def _family(command: Any) -> Iterator[Any]:
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from _family(below)


def _in_words(command: Any, lang: Language) -> None:
    """Replace the help keys of a command and of its parameters by their words."""
    command.help = say(command.help, lang)
    own_help = command.get_help_option(typer.Context(command))
    own_help.help = "cli.help.help"
    for parameter in [*command.params, own_help]:
        parameter.help = say(parameter.help, lang)


def _asked_language(arguments: Sequence[str]) -> str | None:
    """What ``--lang`` says, read before parsing because the help text needs it too."""
    for position, word in enumerate(arguments):
        if word == "--lang" and position + 1 < len(arguments):
            return arguments[position + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return None


def _language_last(arguments: Sequence[str]) -> list[str]:
    """The arguments with a ``--lang`` before the command moved behind it, where it belongs."""
    words = list(arguments)
    taken = 2 if words[:1] == ["--lang"] else 1 if words and words[0].startswith("--lang=") else 0
    followed = words[taken : taken + 1]
    if taken and followed and not followed[0].startswith("-"):
        return words[taken:] + words[:taken]
    return words


def _usage_text(problem: typer.TyperException, lang: Language) -> str:
    key = _USAGE.get(type(problem).__name__, "cli.usage.other")
    parameter = getattr(problem, "param", None)
    name = parameter.get_error_hint() if parameter else getattr(problem, "option_name", "")
    context = getattr(problem, "ctx", None)
    where = context.command_path if context is not None else "circularpark"
    text = say(key, lang, name=name.strip("'"), message=problem.format_message())
    return f"{text}\n{say('cli.usage.help', lang, command=where)}"
