"""What Bulk API 2.0 answers; its jobs are deleted again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from causeway_client.cli.verify_org.org import Answer, CannotAsk, Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions

BULK = Questions()
INGEST, QUERY = "/jobs/ingest", "/jobs/query"
OLD = "60.0"
LOOKS, LOOK_S = 60, 2.0
LINES = {"object": "Contact", "operation": "insert", "contentType": "CSV", "lineEnding": "LF"}


def _job(org: Org, path: str = INGEST, **body: Any) -> Answer:
    return org.rest("POST", path, {**LINES, **body} if path == INGEST else body)


@contextmanager
def _opened(org: Org) -> Iterator[str]:
    """Yield the address of an open job; abort and delete it in the end."""
    made = _job(org)
    if made.is_refused:
        raise CannotAsk(f"The org refused a Bulk job: {made.error[1] or made.status}.")
    address = f"{INGEST}/{made.body['id']}"
    try:
        yield address
    finally:
        org.rest("PATCH", address, {"state": "Aborted"})
        org.rest("DELETE", address)


def _done(org: Org, address: str, data: str) -> dict[str, Any]:
    """Let a job work and return it as it ended."""
    org.rest("PUT", f"{address}/batches", data, content_type="text/csv")
    org.rest("PATCH", address, {"state": "UploadComplete"})
    for _ in range(LOOKS):
        found: dict[str, Any] = org.rest("GET", address).body
        if found["state"] in ("JobComplete", "Failed", "Aborted"):
            return found
        org.clock.sleep(LOOK_S)
    raise NotAsked("The Bulk job did not end within two minutes.")


@BULK.about("bulk.BULK_INVALID_JOB")
def invalid_job(org: Org) -> list[str]:
    """A job for an sObject that there is not."""
    code, message = _job(org, object="NoSuchThing__c").error
    return [code, re.sub(r"(?<=^InvalidJob : ).*", "{reason}", message)]


@BULK.about("bulk.BULK_UNSUITED_QUERY")
def unsuited_query(org: Org) -> list[str]:
    """A query job with contacts below their accounts."""
    statement = "SELECT Id, (SELECT Id FROM Contacts) FROM Account"
    code, message = _job(org, QUERY, operation="query", query=statement).error
    return [code, message.replace("Aggregate Relationships", "{what}")]


@BULK.about("bulk.BULK_INVALID_STATE_CODE")
def invalid_state(org: Org) -> str:
    """Closing a job that was aborted."""
    with _opened(org) as address:
        org.rest("PATCH", address, {"state": "Aborted"})
        return org.rest("PATCH", address, {"state": "UploadComplete"}).error[0]


@BULK.about("bulk.BULK_OTHER_VERSION_CODE")
def other_version(org: Org) -> str:
    """A query job read with another version than it was made with."""
    made = _job(org, QUERY, operation="query", query="SELECT Id FROM Contact LIMIT 1")
    if made.is_refused:
        raise CannotAsk(f"The org refused a query job: {made.error[1] or made.status}.")
    address = f"{QUERY}/{made.body['id']}"
    answer = org.rest("GET", address, version=OLD)
    org.rest("PATCH", address, {"state": "Aborted"})
    org.rest("DELETE", address)
    return answer.error[0] if answer.is_refused else "read"


@BULK.about("bulk.BULK_NO_HARD_DELETE")
def no_hard_delete(org: Org) -> list[str]:
    """A job that would delete for good; nothing is given to it."""
    answer = _job(org, operation="hardDelete")
    if not answer.is_refused:
        org.rest("PATCH", f"{INGEST}/{answer.body['id']}", {"state": "Aborted"})
        org.rest("DELETE", f"{INGEST}/{answer.body['id']}")
        raise NotAsked("The user may delete for good.")
    return [*answer.error]


@BULK.about("bulk.BULK_WRONG_LINE_ENDS")
def wrong_line_ends(org: Org) -> str:
    """Lines that end in CRLF for a job whose lines end in LF."""
    with _opened(org) as address:
        ended = _done(org, address, f"LastName\r\n{org.name}\r\n")
    message = str(ended.get("errorMessage", ended["state"]))
    return re.sub(r"\bLF\b", "{name}", re.sub(r"^.*?(?=ClientInputError)", "", message))


@BULK.about("bulk.BULK_WRONG_TYPE")
def wrong_type(org: Org) -> list[str]:
    """The text `soon` for the Birthdate of a contact: the error of its row."""
    with _opened(org) as address:
        _done(org, address, f"LastName,Birthdate\n{org.name},soon\n")
        rows = org.rest("GET", f"{address}/failedResults/").text.splitlines()
    found = re.search(r'"?(\w+):(.*?):Birthdate --"?', rows[1]) if len(rows) > 1 else None
    if found is None:
        raise NotAsked("The row was not refused in the shape that was expected.")
    message = re.sub(r"at col \d+", "at col {col}", found[2]).replace("soon", "{text}")
    return [found[1], re.sub(r"for the type \S+", "for the type {kind}", message)]


@BULK.about("bulk.BULK_INVALID_FILE")
def invalid_file(org: Org) -> list[str]:
    """A column that the sObject does not have: why the job failed."""
    with _opened(org) as address:
        ended = _done(org, address, f"LastName,NoSuchField__c\n{org.name},x\n")
    message = str(ended.get("errorMessage", ended["state"]))
    return ["INVALIDBATCH", re.sub(r"(?<=InvalidBatch : ).*", "{reason}", message)]
