"""Ask an org every question, delete what was made for it, and return what is written to the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.verify_org.bulk import BULK
from causeway_client.cli.verify_org.bulk1 import BULK1
from causeway_client.cli.verify_org.duplicates import DUPLICATES
from causeway_client.cli.verify_org.not_asked import NOT_ASKED
from causeway_client.cli.verify_org.org import CannotAsk, Org
from causeway_client.cli.verify_org.questions import NotAsked, Question, Questions
from causeway_client.cli.verify_org.references import REFERENCES
from causeway_client.cli.verify_org.resources import RESOURCES
from causeway_client.cli.verify_org.soql import SOQL
from causeway_client.cli.verify_org.values import VALUES

FORMAT = 1
QUESTIONS = Questions(SOQL | VALUES | REFERENCES | DUPLICATES | RESOURCES | BULK | BULK1)

type Asked = dict[str, Any]


def organization(org: Org) -> dict[str, Any]:
    """Return which org this is, and take its newest API version; Stop when the session is refused."""
    versions = org.send("GET", "/services/data/", is_signed=False)
    if isinstance(versions.body, list) and versions.body:
        org.version = str(versions.body[-1]["version"])
    try:
        (row,) = org.rows("SELECT Id, Name, OrganizationType, IsSandbox FROM Organization")
    except CannotAsk as error:
        raise Stop(Exit.REFUSED, str(error)) from None
    return {
        "id": row["Id"],
        "name": row["Name"],
        "edition": row["OrganizationType"],
        "is_sandbox": row["IsSandbox"],
        "api_version": org.version,
    }


def refuse_production(found: dict[str, Any], *, allowed: bool) -> None:
    """Stop when the org is neither a sandbox nor a Developer Edition, unless that is allowed."""
    if found["is_sandbox"] or found["edition"] == "Developer Edition" or allowed:
        return
    raise Stop(
        Exit.USAGE,
        f"{found['name']} is a production org ({found['edition']}): questions create and delete records there.",
        "Connect a sandbox or a Developer Edition; or give --production when you mean this org.",
    )


def asked(org: Org, noted: Callable[[str], None] = lambda name: None) -> tuple[Asked, list[str]]:
    """Ask every question; return the answers and reasons by name, and the Ids of records that could not be deleted."""
    left = org.delete_marked()
    if left:
        raise Stop(Exit.REFUSED, f"Records of an earlier run cannot be deleted: {', '.join(left[:5])}.")
    answers: Asked = {}
    try:
        for name, question in sorted(QUESTIONS.items()):
            noted(name)
            answers[name] = _answered(question, org)
    finally:
        left = org.delete_marked()
    return answers, left


def _answered(question: Question, org: Org) -> dict[str, Any]:
    how = " ".join((question.__doc__ or "").split())
    try:
        return {"asked": how, "answer": question(org)}
    except (NotAsked, CannotAsk) as error:
        return {"asked": how, "not_asked": str(error)}
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        # an answer of a shape that nobody thought of is a finding, too, and must not end the others
        return {
            "asked": how,
            "not_asked": f"The answer had another shape than expected: {type(error).__name__}: {error}",
        }


def document(found: dict[str, Any], answers: Asked, calls: int) -> dict[str, Any]:
    """Return the content of org-facts.json."""
    return {
        "version": FORMAT,
        "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "org": found,
        "api_calls": calls,
        "facts": answers,
        "never_asked": NOT_ASKED,
    }


def unanswered(answers: Asked) -> Iterator[tuple[str, str]]:
    """Yield the questions that this org could not answer, with the reason."""
    yield from ((name, each["not_asked"]) for name, each in answers.items() if "not_asked" in each)
