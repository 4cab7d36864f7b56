"""What Bulk API 1.0 refuses; no job is made, since none could be deleted."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from causeway_client.cli.verify_org.org import Answer, CannotAsk, Org
from causeway_client.cli.verify_org.questions import Questions
from causeway_client.cli.verify_org.references import unknown_id

BULK1 = Questions()
JOB = {"operation": "query", "contentType": "JSON"}
NO_CHUNKS = "Organization"


def _asked(org: Org, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    given = {"X-SFDC-Session": org.session, "Accept": "application/json", **headers}
    return org.send(method, f"/services/async/{org.version}{path}", body, headers=given, is_signed=False)


def _error(answer: Answer) -> tuple[str, str]:
    if not answer.is_refused:
        raise CannotAsk("The request was taken.")
    code, message = (_element(answer, name) for name in ("exceptionCode", "exceptionMessage"))
    return code, message


def _element(answer: Answer, name: str) -> str:
    """Return an element of an error, which is JSON or XML."""
    if isinstance(answer.body, dict):
        return str(answer.body[name])
    found = re.search(rf"<{name}>(.*?)</{name}>", answer.text, re.DOTALL)
    return unescape(found[1]) if found else ""


@BULK1.about("bulk1.INVALID_SESSION")
def invalid_session(org: Org) -> str:
    """A job asked for with a session that there is not."""
    return _error(_asked(org, "GET", "/job/750000000000000", **{"X-SFDC-Session": "none"}))[1]


@BULK1.about("bulk1.UNPARSED_JOB")
def unparsed_job(org: Org) -> list[str]:
    """A job that is no JSON."""
    return [*_error(_asked(org, "POST", "/job", "{"))]


@BULK1.about("bulk1.UNKNOWN_JOB")
def unknown_job(org: Org) -> list[str]:
    """A job that there is not."""
    nothing = unknown_id("750" + org.create("Contact")[3:])
    code, message = _error(_asked(org, "GET", f"/job/{nothing}"))
    return [code, message.replace(nothing, "{id}").replace(nothing[:15], "{id}")]


@BULK1.about("bulk1.NOT_CHUNKABLE_OBJECT")
def not_chunkable(org: Org) -> list[str]:
    """A query job in chunks of an sObject that has none."""
    body = {**JOB, "object": NO_CHUNKS}
    code, message = _error(_asked(org, "POST", "/job", body, **{"Sforce-Enable-PKChunking": "true"}))
    return [code, message.replace(NO_CHUNKS, "{sobject}")]
