"""`causeway lookup`."""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import LookupAnswer, LookupResult

MAX_ITEMS = 200
COLUMNS = ("looked for", "lead", "contact", "account", "open deals", "open cases", "owner", "signals")


def lookup(
    context: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            help="E-mail addresses, Salesforce Ids, or source:key of records, such as lead:lead-123; up to 200."
        ),
    ],
    company: Annotated[bool, typer.Option("--company", help="The arguments are names of companies.")] = False,
    field: Annotated[
        list[str] | None, typer.Option(help="A field to show, such as Contact.Title or Contact.Account.Industry.")
    ] = None,
    max_age: Annotated[int, typer.Option(min=0, max=86_400, help="How old the answer may be, in seconds.")] = 60,
) -> None:
    """Look people, records or companies up in Salesforce: lead, contact, account, owner, what is open. One API call; nothing is written."""
    session = session_of(context)
    if len(who) > MAX_ITEMS:
        raise Stop(
            Exit.USAGE, f"One lookup takes {MAX_ITEMS} items, and these are {len(who)}.", "Look them up in parts."
        )
    items = [{"company": each} if company else _item(each) for each in who]
    answer = session.api.look_up(session.tenant, {"items": items, "fields": _fields(field or []), "max_age_s": max_age})
    if session.out.as_json:
        session.out.document(answer)
    else:
        _show(session, who, answer)


def _item(text: str) -> dict[str, str]:
    if "@" in text:
        return {"email": text}
    source, colon, key = text.partition(":")
    return {"source": source, "key": key} if colon else {"salesforce_id": text}


def _fields(paths: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        sobject, dot, rest = path.partition(".")
        if not dot:
            raise Stop(Exit.USAGE, f"{path} names no sObject.", "Write it as Contact.Title.")
        found[sobject].append(rest)
    return dict(found)


def _show(session: Session, who: list[str], answer: LookupAnswer) -> None:
    session.out.table(COLUMNS, [_row(each, result) for each, result in zip(who, answer.results, strict=True)])
    values = [
        (each, sobject, path, value)
        for each, result in zip(who, answer.results, strict=True)
        for sobject, path, value in _values(result)
    ]
    if values:
        session.out.table(("looked for", "of", "field", "value"), values)
    for each, result in zip(who, answer.results, strict=True):
        if result.detail:
            session.out.note(f"{each}: {result.detail}")
    for problem in answer.problems:
        session.out.note(f"{problem.sobject}.{problem.field} is left out. {problem.message}")
    session.out.note(f"As of {answer.read_at}, {answer.api_calls} API calls.")


def _row(each: str, result: LookupResult) -> tuple[Any, ...]:
    account, record = result.account, result.record
    return (
        each,
        result.lead.id if result.lead else None,
        result.contact.id if result.contact else record.id if record else None,
        account.name if account else None,
        account.open_opportunities if account else None,
        account.open_cases if account else None,
        result.owner.name if result.owner else None,
        ", ".join(result.signals),
    )


def _values(result: LookupResult) -> list[tuple[str, str, Any]]:
    record = result.record.sobject if result.record else "record"
    named = (("Lead", result.lead), ("Contact", result.contact), ("Account", result.account), (record, result.record))
    return [(sobject, path, value) for sobject, each in named if each for path, value in each.values.items()]
