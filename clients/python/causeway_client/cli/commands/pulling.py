"""`causeway pull run` and `causeway pull again`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from causeway_client.cli.commands.history import all_failures, show_failures, show_runs
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.cli.watching import watched
from causeway_client.generated.api import ImportRequest, RunDetail

MAX_IDS = 2_000  # of one import
GOES_ON = ("running", "waiting", "cancelling")

app = typer.Typer(no_args_is_help=True, help="Run a pull now.")


@app.command("run")
def run(
    context: typer.Context,
    sync: Annotated[str, typer.Argument(help="The sync by its id.")],
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the end and show the progress.")] = False,
    patience: Annotated[int, typer.Option(min=1, help="Give up when nothing moved for so many seconds.")] = 600,
) -> None:
    """Start a sync's run, or go on with the one under way. Of a push the product is asked to send its records again."""
    session = session_of(context)
    started = session.api.run_now(session.tenant, sync)
    if not watch or started.kind == "push":
        if session.out.as_json:
            session.out.document(started)
        elif started.kind == "push":
            session.out.say(f"The product was asked to send its records again, with the run {started.id}.")
        else:
            session.out.say(f"Run {started.id} is {started.status}. Watch it with: causeway history {started.id}")
        return
    _shown_to_the_end(session, started.id, patience)


@app.command("again")
def again(
    context: typer.Context,
    sync: Annotated[str, typer.Argument(help="The sync by its id.")],
    ids: Annotated[
        list[str] | None, typer.Option("--id", help="Only this record, by its Salesforce Id; may be repeated.")
    ] = None,
    ids_from: Annotated[
        typer.FileText | None, typer.Option(help="Only the records of these Ids: a file with one a line, - for stdin.")
    ] = None,
    rule: Annotated[
        str | None, typer.Option("--filter", help="Only the records of this filter (JSON, as in pull.filter).")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the end and show the progress.")] = False,
    patience: Annotated[int, typer.Option(min=1, help="Give up when nothing moved for so many seconds.")] = 600,
) -> None:
    """Publish records of a sync's rule once more: all of them, those of some Ids, or those of a filter. The schedule is not touched."""
    session = session_of(context)
    named = [*(ids or ()), *(line.strip() for line in ids_from or () if line.strip())]
    if ids_from and not named:
        raise Stop(Exit.USAGE, "The file names no Ids.", "Write one Salesforce Id a line.")
    batches = [named[start : start + MAX_IDS] for start in range(0, len(named), MAX_IDS)] or [[]]
    for batch in batches:
        request = ImportRequest.model_validate({"ids": batch, "filter": _filter_of(rule)})
        started = session.api.import_records(session.tenant, sync, request)
        if watch:
            _shown_to_the_end(session, started.id, patience)
        elif session.out.as_json:
            session.out.document(started)
        else:
            session.out.say(f"Run {started.id} is {started.status}. Watch it with: causeway history {started.id}")


def _filter_of(text: str | None) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError as error:
        raise Stop(
            Exit.USAGE, f"The filter is no JSON: {error}.", 'Write it as in pull.filter: {"field": …}.'
        ) from error


def _shown_to_the_end(session: Session, run_id: str, patience_s: float) -> None:
    """Wait for the end of a run and print it; raise Stop unless it completed."""
    ended = _watched(session, run_id, patience_s)
    if session.out.as_json:
        session.out.document(ended)
    else:
        show_runs(session, [ended])
        show_failures(session, all_failures(session, ended))
    if ended.status != "completed":
        raise Stop(Exit.REFUSED, f"The run ended as {ended.status}. {ended.detail or ''}".strip())


def _watched(session: Session, run_id: str, patience_s: float) -> RunDetail:
    """Return the run when it has ended; raise Stop when nothing moved for long."""
    remedy = "It goes on by itself. Look at it with: causeway history, or causeway doctor."
    return watched(
        session,
        f"The run {run_id}",
        lambda: session.api.read_run(session.tenant, run_id),
        _progress,
        remedy,
        patience_s,
    )


def _progress(run: RunDetail) -> str | None:
    share = "" if run.total is None else f" of {run.total:,} ({run.percent} %)"
    return f"{run.status}: {run.counts.get('read', 0):,}{share} read" if run.status in GOES_ON else None
