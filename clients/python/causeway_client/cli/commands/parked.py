"""`causeway parked groups | list | redrive | redrives`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.cli.watching import watched
from causeway_client.generated.api import ParkedChange, RedriveProgress, RedriveRequest

Code = Annotated[str | None, typer.Option(help="Only those with this code, such as missing_required_field.")]
Source = Annotated[str | None, typer.Option(help="Only those of this source.")]
Group = Annotated[str | None, typer.Option(help="Only those of this group of `parked groups`.")]
Key = Annotated[str | None, typer.Option(help="Only those of this record; needs --source.")]

app = typer.Typer(no_args_is_help=True, help="What was refused or waits, and how it goes on.")


@app.command("groups")
def list_groups(context: typer.Context) -> None:
    """List why changes are parked: each reason once, with how many it holds back and what to do."""
    session = session_of(context)
    found = session.api.list_groups(session.tenant)
    if session.out.as_json:
        session.out.document(found)
        return
    if not found.groups:
        session.out.say("Nothing is parked.")
        return
    columns = ("group", "count", "source", "sync", "code", "reason", "remedy", "waits for", "since")
    names = ("group", "count", "source", "sync", "code", "reason", "remedy", "retry_when", "first_parked_at")
    rows = [tuple(getattr(each, name) for name in names) for each in found.groups]
    session.out.table(columns, rows)


@app.command("list")
def list_parked(
    context: typer.Context,
    code: Code = None,
    source: Source = None,
    key: Key = None,
    group: Group = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    unreadable: Annotated[bool, typer.Option("--unreadable", help="Messages that named no tenant.")] = False,
) -> None:
    """List parked changes with reason and remedy."""
    session = session_of(context)
    found = [
        change for change, _ in zip(_parked(session, code, source, key, group, unreadable), range(limit), strict=False)
    ]
    if session.out.as_json:
        session.out.document({"parked": found})
        return
    if not found:
        session.out.say("Nothing is parked.")
        return
    columns = ("source", "key", "sync", "code", "reason", "remedy", "waits for")
    session.out.table(columns, [_cells(change) for change in found])


@app.command("redrive")
def redrive(
    context: typer.Context,
    code: Code = None,
    source: Source = None,
    key: Key = None,
    group: Group = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is parked.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Wait for the end and show the progress.")] = False,
    patience: Annotated[int, typer.Option(min=1, help="Give up when nothing moved for so many seconds.")] = 600,
) -> None:
    """Send parked changes through their syncs again, after the cause is gone."""
    session = session_of(context)
    given = {"code": code, "source": source, "key": key, "group": group}
    asked = {name: value for name, value in given.items() if value is not None}
    if bool(asked) == everything:
        raise Stop(Exit.USAGE, "Give --code, --source, --source with --key, or --group; or --all for everything.")
    accepted = session.api.redrive_parked(session.tenant, RedriveRequest.model_validate(asked))
    if watch:
        _show_redrives(session, [_watched(session, accepted.redrive_id, patience)])
    elif session.out.as_json:
        session.out.document(accepted)
    else:
        session.out.say(f"{accepted.total:,} are sent again within a minute or so. What still fails is parked again.")


@app.command("redrives")
def list_redrives(context: typer.Context) -> None:
    """List requests to send parked changes again, with how far each is."""
    session = session_of(context)
    _show_redrives(session, session.api.list_redrives(session.tenant).redrives)


def _show_redrives(session: Session, redrives: list[RedriveProgress]) -> None:
    if session.out.as_json:
        session.out.document({"redrives": redrives})
        return
    columns = ("id", "status", "percent", "total", "sent", "passed over", "left", "requested", "ended")
    names = ("redrive_id", "status", "percent", "total", "sent", "passed_over", "left", "requested_at", "ended_at")
    session.out.table(columns, [tuple(getattr(each, name) for name in names) for each in redrives])


def _watched(session: Session, redrive_id: str, patience_s: float) -> RedriveProgress:
    """Return the request when it has ended; raise Stop when nothing moved for long."""

    def look() -> RedriveProgress:
        redrives = session.api.list_redrives(session.tenant).redrives
        return next(each for each in redrives if each.redrive_id == redrive_id)

    remedy = "It goes on by itself. Look at it with: causeway parked redrives, or causeway doctor."
    return watched(session, f"The request {redrive_id}", look, _progress, remedy, patience_s)


def _progress(redrive: RedriveProgress) -> str | None:
    return None if redrive.ended_at else f"{redrive.status}: {redrive.percent} % of {redrive.total:,}"


def _parked(
    session: Session, code: str | None, source: str | None, key: str | None, group: str | None, unreadable: bool
) -> Iterator[ParkedChange]:
    token: str | None = None
    while True:
        if unreadable:
            page = session.api.list_unreadable(next=token)
        else:
            page = session.api.list_parked(session.tenant, next=token, code=code, source=source, key=key, group=group)
        yield from page.parked
        token = page.next
        if not token:
            return


def _cells(change: ParkedChange) -> tuple[object, ...]:
    return change.source, change.key, change.sync, change.code, change.reason, change.remedy, change.retry_when
