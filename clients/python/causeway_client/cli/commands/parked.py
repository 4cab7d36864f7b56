"""`causeway parked groups | list | redrive`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import ParkedChange, RedriveRequest

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
) -> None:
    """Send parked changes through their syncs again, after the cause is gone."""
    session = session_of(context)
    given = {"code": code, "source": source, "key": key, "group": group}
    asked = {name: value for name, value in given.items() if value is not None}
    if bool(asked) == everything:
        raise Stop(Exit.USAGE, "Give --code, --source, --source with --key, or --group; or --all for everything.")
    accepted = session.api.redrive_parked(session.tenant, RedriveRequest.model_validate(asked))
    if session.out.as_json:
        session.out.document(accepted)
    else:
        session.out.say("They are sent again within a minute or so. What still fails is parked again.")


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
