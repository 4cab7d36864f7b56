"""`causeway push`: a file of people or records through the push queue, and what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from causeway_client.cli.commands.push_report import report
from causeway_client.cli.commands.push_run import Pushed, expected_outcomes, new_run_id, send, watched
from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.rows.changes import FileChanges, changes_of, is_change
from causeway_client.cli.rows.columns import Columns, UnusableColumns, columns_of
from causeway_client.cli.rows.files import Row, UnreadableFile, read_rows
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import Sync

PLAIN_FIELD = "fields."


def push(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A .csv, .jsonl or .xlsx file with a header row.")],
    source: Annotated[str, typer.Option(help="The source whose syncs take the changes, such as lead.")],
    key: Annotated[str | None, typer.Option(help="The column that identifies a row.")] = None,
    maps: Annotated[list[str] | None, typer.Option("--map", help="COLUMN=field, where the guess is wrong.")] = None,
    occurred_at: Annotated[str | None, typer.Option(help="The column that says when, as RFC 3339.")] = None,
    sheet: Annotated[str | None, typer.Option(help="The sheet of a workbook; the first without it.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Show columns and first changes; send nothing.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the outcomes.")] = True,
    patience: Annotated[int, typer.Option(min=1, help="Give up when nothing moved for so many seconds.")] = 300,
    urgent: Annotated[
        bool, typer.Option("--urgent/--gathered", help="To Salesforce at once, or gathered while calls are scarce.")
    ] = True,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 4 when an outcome is rejected.")] = False,
) -> None:
    """
    Send the rows of a file as changes and show what became of them.

    Columns become fields: a column named as a sync's product field, or as people usually call it, is that field; --map decides
    otherwise. The key is --key, or the column that is named id and differs in every row, or else the e-mail address.
    """
    session = session_of(context)
    rows = _rows(file, sheet)
    syncs = [sync for sync in session.api.list_syncs(session.tenant).syncs if sync.source == source]
    columns = None if all(is_change(row) for row in rows) else _columns(rows, syncs, _given(maps), key)
    found = changes_of(rows, columns, occurred_at)
    _say_columns(session, columns, found)
    if show:
        _show(session, columns, found)
        return
    run_id = new_run_id()
    sent = send(session, source, found.changes, run_id, urgent=urgent) if found.changes else None
    pushed = Pushed(run_id, source, found, sent, expected_outcomes(found.changes, syncs))
    detail = watched(session, pushed, patience) if wait and sent else None
    rejected = report(session, pushed, detail, syncs)
    if found.refused or (strict and rejected):
        raise typer.Exit(Exit.REFUSED)


def _rows(file: Path, sheet: str | None) -> list[Row]:
    try:
        rows = read_rows(file, sheet)
    except UnreadableFile as error:
        raise Stop(Exit.USAGE, str(error)) from None
    if not rows:
        raise Stop(Exit.USAGE, f"{file} has no row below its header.")
    return rows


def _given(maps: list[str] | None) -> dict[str, str]:
    parts = [each.partition("=") for each in maps or ()]
    given = {name: field for name, _, field in parts}
    unusable = [name for name, field in given.items() if not field]
    if unusable:
        raise Stop(Exit.USAGE, f"--map {unusable[0]!r} names no field: write COLUMN=field.")
    return given


def _columns(rows: list[Row], syncs: list[Sync], given: dict[str, str], key: str | None) -> Columns:
    try:
        return columns_of(rows, known_fields(syncs), given, key)
    except UnusableColumns as error:
        raise Stop(Exit.USAGE, str(error)) from None


def known_fields(syncs: list[Sync]) -> list[str]:
    """Return the plain product fields that the syncs map."""
    named = [row.product.removeprefix(PLAIN_FIELD) for sync in syncs for row in sync.mappings]
    return list(dict.fromkeys(name for name in named if name.isidentifier() and name != "conversation"))


def _say_columns(session: Session, columns: Columns | None, found: FileChanges) -> None:
    if columns:
        session.out.note(f"Key: {columns.key}")
        renamed = ", ".join(f"{name} → {field}" for name, field in columns.fields.items())
        session.out.note(f"Columns: {renamed}")
        if columns.unmapped:
            session.out.note(f"No sync maps: {', '.join(columns.unmapped)}")
    repeated = found.repeated()
    if repeated:
        session.out.note(f"{len(repeated)} keys stand in several rows, such as {repeated[0]}: they are one record.")


def _show(session: Session, columns: Columns | None, found: FileChanges) -> None:
    first = [change.model_dump(mode="json", exclude_unset=True) for change in found.changes[:5]]
    refused = [{"row": each.number, "key": each.key, "reason": each.reason} for each in found.refused]
    if session.out.as_json:
        fields = dict(columns.fields) if columns else None
        session.out.document(
            {"columns": fields, "changes": len(found.changes), "first": first, "refused_rows": refused}
        )
        return
    session.out.say(f"{len(found.changes):,} changes would be sent. The first ones:")
    for change in first:
        session.out.say(str(change))
    session.out.table(("row", "key", "reason"), [tuple(each.values()) for each in refused], title="Rows not sent")
