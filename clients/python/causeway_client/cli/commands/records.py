"""`causeway record`."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.session import session_of


def record(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The source, such as lead.")],
    key: Annotated[str, typer.Argument(help="The product's own id of the record.")],
) -> None:
    """Show what is known of one record: its Salesforce Ids, its last outcomes, account and owner, and what happened to it."""
    session = session_of(context)
    found = session.api.read_record(session.tenant, source, key)
    if session.out.as_json:
        session.out.document(found)
        return
    session.out.table(("sObject", "Salesforce Id"), list(found.links.items()), title=f"{source} {key}")
    columns = ("sync", "result", "code", "detail", "remedy")
    outcomes = [
        (sync, *(outcome.get(name) for name in ("result", "code", "detail", "remedy")))
        for sync, outcome in found.outcomes.items()
    ]
    session.out.table(columns, outcomes)
    known = [(name, value) for name, value in found.data.items() if value is not None]
    if known:
        session.out.table(("account and owner", "value"), known)
    events = [
        (event.at, each.sync, each.result, each.code, ", ".join(each.fields_written), each.detail)
        for event in found.events
        for each in event.decisions
    ]
    if events:
        session.out.table(("when", "sync", "result", "code", "fields written", "detail"), events, title="What happened")
