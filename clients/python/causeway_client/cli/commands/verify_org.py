"""`causeway verify-org`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests
import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.cli.verify_org.asking import Asked, asked, document, organization, refuse_production, unanswered
from causeway_client.cli.verify_org.org import MARK, RUN_LENGTH, Access, Org
from causeway_client.cli.verify_org.sessions import LOOPBACK, connected_access, given_access


def verify_org(
    context: typer.Context,
    file: Annotated[Path, typer.Option(help="Where the answers are written.")] = Path("org-facts.json"),
    instance_url: Annotated[
        str, typer.Option(help="Ask this org with SALESFORCE_ACCESS_TOKEN, instead of the tenant's connection.")
    ] = "",
    production: Annotated[bool, typer.Option("--production", help="Ask a production org, too.")] = False,
) -> None:
    """Ask a sandbox or Developer Edition what Salesforce's documents leave open, with marked records that are deleted again."""
    session = session_of(context)
    access = (
        given_access(instance_url)
        if instance_url
        else connected_access(session.deployment, session.api, session.tenant)
    )
    org = Org(access, _http(access), session.clock, uuid4().hex[:RUN_LENGTH])
    found = organization(org)
    refuse_production(found, allowed=production)
    session.out.note(
        f"{found['name']} ({found['edition']}), API version {org.version}. Records are named {org.name!r}."
    )
    answers, left = asked(org, session.out.note)
    written = document(found, answers, org.calls)
    file.write_text(json.dumps(written, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _show(session, answers, {**written, "file": str(file), "left": left})
    if left:
        raise Stop(
            Exit.REFUSED, f"{len(left)} records stayed: {', '.join(left[:5])}.", f"Delete what is named {MARK!r}."
        )


def _http(access: Access) -> requests.Session:
    http = requests.Session()
    http.trust_env = urlsplit(access.instance_url).hostname not in LOOPBACK  # no proxy for this machine's own addresses
    return http


def _show(session: Session, answers: Asked, written: dict[str, Any]) -> None:
    if session.out.as_json:
        session.out.document(written)
        return
    rows = [(name, each["answer"]) for name, each in answers.items() if "answer" in each]
    session.out.table(("assumption", "answer"), [(name, json.dumps(answer)) for name, answer in rows])
    for name, reason in unanswered(answers):
        session.out.note(f"{name}: {reason}")
    session.out.say(
        f"Asked {len(answers)} questions with {written['api_calls']} calls, {len(rows)} answered: {written['file']}. "
        f"Compare: simulated-salesforce --facts {written['file']}"
    )
