"""``circularpark runs ...``: what the run store has; tags, comparisons, questions in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from circularpark.cli.keeping import StoreFolder
from circularpark.cli.options import AsJson, Lang
from circularpark.cli.outcome import WRONG_USAGE, complain, outcome, show_json
from circularpark.words import say, user_language

if TYPE_CHECKING:
    from circularpark.studies.journal import Run
    from circularpark.studies.store import RunStore

RunName = Annotated[str, typer.Argument(metavar="RUN", help="cli.help.run")]
RunNames = Annotated[list[str] | None, typer.Argument(metavar="RUN ...", help="cli.help.run")]
OfPark = Annotated[str | None, typer.Option("--park", metavar="PARK", help="cli.help.runs_park")]
WithTag = Annotated[str | None, typer.Option("--tag", metavar="TAG", help="cli.help.runs_tag")]
TagName = Annotated[str, typer.Argument(metavar="TAG", help="cli.help.tag")]
Stale = Annotated[bool, typer.Option("--stale", help="cli.help.stale")]
Remove = Annotated[bool, typer.Option("--remove", help="cli.help.untag")]
Sql = Annotated[str, typer.Argument(metavar="SQL", help="cli.help.sql")]
Most = Annotated[int, typer.Option("--most", help="cli.help.most")]
OutFile = Annotated[Path | None, typer.Option("--out", help="cli.help.query_out")]


def list_runs(
    park: OfPark = None,
    tag: WithTag = None,
    most: Most = 30,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """List the stored runs, the latest first."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        store = _store(store_folder)
        runs = store.runs(park=park, tag=tag)
        if as_json:
            told = [run.as_dict() for run in runs]
            show_json({"status": "ok", "store": str(store.folder), "runs": told})
            return
        from circularpark.cli.run_tables import runs_table
        from circularpark.cli.tables import printed

        if not runs:
            print(say("store.empty", spoken, folder=store.folder))
            return
        print(printed(runs_table(runs[:most], spoken)))
        size = sum(run.size for run in runs) / 1e6
        told_of = {"count": len(runs), "size": f"{size:,.1f}", "folder": store.folder}
        print(say("store.summed", spoken, **told_of))


def show(
    run: RunName, store_folder: StoreFolder = None, as_json: AsJson = False, lang: Lang = None
) -> None:
    """Show one stored run as it was answered."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        store = _store(store_folder)
        found = store.run(run)
        answer = store.answer(found)
        if as_json:
            damaged = store.check(found)
            show_json({**found.as_dict(), "damaged": damaged, "answer": answer})
            return
        from circularpark.cli.run_tables import print_run

        print_run(store, found, answer, spoken)


def tag(
    run: RunName,
    name: TagName,
    remove: Remove = False,
    store_folder: StoreFolder = None,
    lang: Lang = None,
) -> None:
    """Give a stored run a tag, or take it away."""
    spoken = user_language(lang)
    with outcome(spoken):
        store = _store(store_folder)
        found = store.run(run)
        (store.untag if remove else store.tag)(found, name)
        key = "store.untagged" if remove else "store.tagged"
        print(say(key, spoken, run=found.number, tag=name))


def compare(
    runs: RunNames = None,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Lay stored runs beside the first of them."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        if len(runs or ()) < 2:
            complain(say("store.two_runs", spoken))
            raise typer.Exit(WRONG_USAGE)
        from circularpark.studies.stored import compare_runs

        store = _store(store_folder)
        found = compare_runs(store, _named(store, runs or []))
        if as_json:
            show_json({"status": "ok", **found.as_dict()})
            return
        from circularpark.cli.run_tables import print_runs

        print_runs(found, spoken)


def delete(
    runs: RunNames = None,
    stale: Stale = False,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Delete stored runs for good."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        if not runs and not stale:
            complain(say("store.which", spoken))
            raise typer.Exit(WRONG_USAGE)
        store = _store(store_folder)
        found = _named(store, runs or [])
        found += [run for run in store.stale() if stale and run not in found]
        store.delete(found)
        if as_json:
            show_json({"status": "ok", "deleted": [run.key for run in found]})
            return
        numbers = say("errors.comma", spoken).join(run.number for run in found)
        key = "store.deleted" if found else "store.none_deleted"
        print(say(key, spoken, runs=numbers))


def query(
    sql: Sql,
    out: OutFile = None,
    most: Most = 30,
    store_folder: StoreFolder = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Answer a question in SQL about all stored runs."""
    spoken = user_language(lang)
    with outcome(spoken, as_json=as_json):
        from circularpark.studies.query import query as ask

        found = ask(_store(store_folder), sql)
        if out is not None:
            found.to_csv(out, index=False, encoding="utf-8-sig")
        if as_json:
            columns = [str(c) for c in found.columns]
            show_json({"status": "ok", "columns": columns, "rows": _plain_rows(found)})
            return
        from circularpark.cli.run_tables import any_table
        from circularpark.cli.tables import printed

        print(printed(any_table(found.head(most))))
        if out is not None:
            print(say("store.query_written", spoken, count=len(found), file=out))
        elif len(found) > most:
            print(say("store.more_rows", spoken, count=len(found) - most))


# The commands below ``runs``, in the order in which they are listed.
COMMANDS: Final[Mapping[str, Callable[..., None]]] = {
    "list": list_runs,
    "show": show,
    "tag": tag,
    "compare": compare,
    "delete": delete,
    "query": query,
}


def _store(folder: Path | None) -> RunStore:
    from circularpark.studies.store import RunStore

    return RunStore(folder)


def _named(store: RunStore, names: list[str]) -> list[Run]:
    """The runs of these names, each once."""
    found = {run.key: run for run in (store.run(name) for name in names)}
    return list(found.values())


def _plain_rows(frame: Any) -> list[list[Any]]:
    """The cells as JSON has them: numbers, texts, flags and null."""
    rows = frame.astype(object).where(frame.notna(), None).to_numpy().tolist()
    return [[_plain(cell) for cell in row] for row in rows]


def _plain(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (str, int, float, bool)) else str(cell)
