"""`causeway syncs list | show | templates | apply | diff`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from pydantic import ValidationError

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import Sync, SyncDraft

NOT_RULES = {"id", "revision", "problems"}

app = typer.Typer(no_args_is_help=True, help="Look at a tenant's syncs, compare them with a file, save them from it.")


@app.command("list")
def list_syncs(context: typer.Context) -> None:
    """List the syncs."""
    session = session_of(context)
    found = session.api.list_syncs(session.tenant)
    if session.out.as_json:
        session.out.document(found)
        return
    columns = ("sync", "source", "sObject", "direction", "enabled", "rows", "problems")
    session.out.table(columns, [_cells(sync) for sync in found.syncs])


@app.command("show")
def show_sync(context: typer.Context, sync: str) -> None:
    """Show one sync: its rules, rows and problems. With --json in the form that `apply` takes."""
    session = session_of(context)
    found = session.api.read_sync(session.tenant, sync)
    if session.out.as_json:
        session.out.document(found)
        return
    state = "enabled" if found.enabled else "off"
    session.out.say(
        f"{found.id}: {found.source} → {found.sobject}, {found.direction}, {state}, revision {found.revision}"
    )
    rows = [(row.product, row.salesforce, row.write_rule or "default") for row in found.mappings]
    session.out.table(("product field", "Salesforce field", "write rule"), rows)
    for problem in found.problems:
        session.out.say(f"{problem.level}: {problem.message}")


@app.command("templates")
def list_templates(
    context: typer.Context, template: Annotated[str, typer.Argument(help="Show the sync that this one makes.")] = ""
) -> None:
    """List the ready templates, or show the sync of one in the form that `apply` takes."""
    session = session_of(context)
    found = session.api.list_templates(session.tenant)
    if not template:
        if session.out.as_json:
            session.out.document(found)
            return
        columns = ("template", "source", "sObject", "what it is for")
        lines = [(each.name, each.source, " or ".join(each.sobjects), each.purpose) for each in found.templates]
        session.out.table(columns, lines)
        return
    names = [each.name for each in found.templates]
    if template not in names:
        raise Stop(Exit.USAGE, f"There is no template '{template}'.", f"Choose one of {', '.join(names)}.")
    session.out.document(session.api.propose_syncs(session.tenant, template=template))


@app.command("apply")
def apply_file(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="One sync or several, as JSON or YAML.")]
) -> None:
    """Save the syncs of a file: new ones are created, others changed where they differ. Nothing is deleted."""
    session = session_of(context)
    drafts = read_drafts(file)
    present = {sync.id: sync for sync in session.api.list_syncs(session.tenant).syncs}
    done = [_applied(session, draft, present.get(str(draft.id))) for draft in drafts]
    if session.out.as_json:
        session.out.document({"syncs": [{"id": sync.id, "action": action, "sync": sync} for action, sync in done]})
        return
    session.out.table(("sync", "action", "enabled", "problems"), [_done_cells(action, sync) for action, sync in done])


@app.command("diff")
def diff_file(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="One sync or several, as JSON or YAML.")]
) -> None:
    """Show what `apply` would change; exits 1 when something differs."""
    session = session_of(context)
    present = {sync.id: sync for sync in session.api.list_syncs(session.tenant).syncs}
    found = [
        {"sync": draft.id, "place": place, "now": now, "file": wanted}
        for draft in read_drafts(file)
        for place, now, wanted in differences(draft, present.get(str(draft.id)))
    ]
    if session.out.as_json:
        session.out.document({"differences": found})
    elif found:
        session.out.table(("sync", "place", "now", "in the file"), [tuple(each.values()) for each in found])
    else:
        session.out.say("Nothing differs.")
    if found:
        raise typer.Exit(Exit.FOUND)


def read_drafts(file: Path) -> list[SyncDraft]:
    """Return the syncs of a file; raise Stop when it cannot be used."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise Stop(Exit.USAGE, f"{file} cannot be read: {error}.") from None
    items = raw["syncs"] if isinstance(raw, Mapping) and "syncs" in raw else raw
    items = items if isinstance(items, list) else [items]
    try:
        drafts = [SyncDraft.model_validate(item) for item in items]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Stop(Exit.USAGE, f"{file} holds no sync: {place}: {first['msg']}.") from None
    if any(draft.id is None for draft in drafts):
        raise Stop(Exit.USAGE, f"A sync in {file} has no id.", "Give it one, so that it is found again.")
    return drafts


def differences(draft: SyncDraft, present: Sync | None) -> list[tuple[str, Any, Any]]:
    """Return place, present value and wanted value of what a draft would change; what it leaves out stays as it is."""
    wanted = draft.model_dump(mode="json", include=draft.model_fields_set - NOT_RULES)
    now = present.model_dump(mode="json") if present else {}
    return list(_differing("", now, wanted))


def _differing(place: str, now: Any, wanted: Any) -> list[tuple[str, Any, Any]]:
    if isinstance(now, dict) and isinstance(wanted, dict):
        places = [(name, now.get(name), value) for name, value in wanted.items()]
        return [each for name, old, new in places for each in _differing(f"{place}.{name}".lstrip("."), old, new)]
    return [] if now == wanted else [(place, now, wanted)]


def _applied(session: Session, draft: SyncDraft, present: Sync | None) -> tuple[str, Sync]:
    if present is None:
        return "created", session.api.save_sync(session.tenant, draft)
    if not differences(draft, present):
        return "unchanged", present
    guarded = draft.model_copy(update={"revision": present.revision})
    guarded.model_fields_set.add("revision")
    return "updated", session.api.change_sync(session.tenant, present.id, guarded)


def _cells(sync: Sync) -> tuple[object, ...]:
    enabled = "yes" if sync.enabled else "no"
    return sync.id, sync.source, sync.sobject, sync.direction, enabled, len(sync.mappings), _problems(sync)


def _done_cells(action: str, sync: Sync) -> tuple[object, ...]:
    return sync.id, action, "yes" if sync.enabled else "no", _problems(sync)


def _problems(sync: Sync) -> str:
    return "; ".join(problem.message for problem in sync.problems)
