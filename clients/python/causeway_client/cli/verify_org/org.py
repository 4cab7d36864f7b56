"""
An org over its REST API, and the marked records that questions make there: all are deleted again.

The text MARK begins the name of each record, so that those of a run that died are found and deleted by the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests

from causeway_client.cli.exits import Exit, Stop
from causeway_client.timing import Clock

MARK = "Causeway verify-org"  # followed by the run
RUN_LENGTH = 8
MARKED = {  # the field that says so, children first: the order of deletion
    "Task": "Subject",
    "Event": "Subject",
    "Case": "Subject",
    "Campaign": "Name",
    "Lead": "LastName",
    "Contact": "LastName",
    "Account": "Name",
}
REQUIRED = {"Lead": "Company"}  # texts that Salesforce requires, apart from the marked one
TIMEOUT_S = 120
UNSEEN = "INVALID_TYPE"
PER_CALL = 200  # REST API Developer Guide, sObject Collections
LOUD = {"Sforce-Auto-Assign": "FALSE"}  # nobody is assigned or mailed; duplicate rules alert
QUIET = {**LOUD, "Sforce-Duplicate-Rule-Header": "allowSave=true"}


class CannotAsk(Exception):
    """The org refused what a question needs; the message says why."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach one org: its address and an access token."""

    instance_url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the org answered; `body` is its JSON, None for what is none."""

    status: int
    headers: Mapping[str, str]
    text: str
    body: Any

    @property
    def is_refused(self) -> bool:
        """Return whether the request was refused."""
        return self.status >= 400

    @property
    def error(self) -> tuple[str, str]:
        """Return code and message of the first error: of the request, or of the first record of a collection."""
        first = self.body[0] if isinstance(self.body, list) and self.body else self.body
        found = first.get("errors", [first])[:1] if isinstance(first, dict) else []
        each = found[0] if found else {}
        return str(each.get("errorCode") or each.get("statusCode") or ""), str(each.get("message", ""))


class Org:
    """One org as one user sees it; `name` is what its marked records of this run are called."""

    def __init__(self, access: Access, http: requests.Session, clock: Clock, run: str) -> None:
        self._access, self._http, self.clock = access, http, clock
        self.run, self.name = run, f"{MARK} {run}"
        self.version, self.calls = "66.0", 0
        self._describes: dict[str, dict[str, Any]] = {}

    @property
    def session(self) -> str:
        """Return the session, for interfaces that take it in a header of their own."""
        return self._access.token

    # --- requests ---

    def send(
        self,
        method: str,
        address: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        content_type: str = "application/json",
        is_signed: bool = True,
    ) -> Answer:
        """Send one request to an address below the instance; `body` is text as it is, or made JSON."""
        signed = {"Authorization": f"Bearer {self._access.token}"} if is_signed else {}
        sent = body.encode() if isinstance(body, str) else None if body is None else json.dumps(body).encode()
        given = {**signed, **({"Content-Type": content_type} if sent is not None else {}), **(headers or {})}
        url = self._access.instance_url + address
        self.calls += 1
        try:
            answer = self._http.request(method, url, data=sent, headers=given, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise Stop(Exit.UNREACHABLE, f"The org does not answer: {error}.") from None
        try:
            parsed = answer.json()
        except ValueError:
            parsed = None
        return Answer(answer.status_code, answer.headers, answer.text, parsed)

    def rest(self, method: str, path: str, body: Any = None, *, version: str | None = None, **how: Any) -> Answer:
        """Call a REST resource, `path` below the version."""
        return self.send(method, f"/services/data/v{version or self.version}{path}", body, **how)

    def query(self, statement: str) -> Answer:
        """Run a SOQL statement."""
        return self.rest("GET", f"/query/?q={quote(statement)}")

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a statement that has to work; raise CannotAsk when it does not."""
        answer = self.query(statement)
        if answer.is_refused:
            raise CannotAsk(f"The org refused a query: {answer.error[1] or answer.status}.")
        rows: list[dict[str, Any]] = answer.body["records"]
        return rows

    def describe(self, sobject: str) -> dict[str, Any]:
        """Return the fields of an sObject by name, none when the user does not see it."""
        if sobject not in self._describes:
            found = self.rest("GET", f"/sobjects/{sobject}/describe")
            fields = {} if found.is_refused else {each["name"]: each for each in found.body["fields"]}
            self._describes[sobject] = fields
        return self._describes[sobject]

    # --- marked records ---

    def marked(self, sobject: str, **fields: Any) -> dict[str, Any]:
        """Return the fields of a record with the mark, and what Salesforce requires of one."""
        texts = {name: self.name for name in (MARKED[sobject], REQUIRED.get(sobject)) if name}
        return {**texts, **({"DurationInMinutes": 5} if sobject == "Event" else {}), **fields}

    def attempt(self, sobject: str, **fields: Any) -> Answer:
        """Create a marked record, which may be refused."""
        return self.rest("POST", f"/sobjects/{sobject}/", self.marked(sobject, **fields), headers=QUIET)

    def attempt_aloud(self, sobject: str, **fields: Any) -> Answer:
        """Create a marked record, which a duplicate rule may refuse."""
        return self.rest("POST", f"/sobjects/{sobject}/", self.marked(sobject, **fields), headers=LOUD)

    def create(self, sobject: str, **fields: Any) -> str:
        """Create a marked record and return its Id; raise CannotAsk when the org refuses it."""
        answer = self.attempt(sobject, **fields)
        if answer.is_refused:
            raise CannotAsk(f"The org refused a {sobject}: {answer.error[1] or answer.status}.")
        return str(answer.body["id"])

    def collect(
        self, sobject: str, records: Sequence[Mapping[str, Any]], *, headers: Mapping[str, str] = QUIET
    ) -> Answer:
        """Create marked records in one collection, each on its own."""
        sent = [{"attributes": {"type": sobject}, **self.marked(sobject, **each)} for each in records]
        return self.rest("POST", "/composite/sobjects", {"allOrNone": False, "records": sent}, headers=headers)

    def read(self, sobject: str, record_id: str, name: str) -> Any:
        """Return one field of a record."""
        return self.rest("GET", f"/sobjects/{sobject}/{record_id}?fields={name}").body.get(name)

    def stored(self, sobject: str, name: str, value: Any) -> Any:
        """Return what a field holds after a record was created with a value."""
        return self.read(sobject, self.create(sobject, **{name: value}), name)

    def delete(self, sobject: str, record_id: str) -> None:
        """Delete one record now."""
        self.rest("DELETE", f"/sobjects/{sobject}/{record_id}")

    def delete_marked(self) -> list[str]:
        """Delete every marked record, of this run and of earlier ones; return the Ids of those that stayed."""
        for sobject in MARKED:
            while found := list(self._found(sobject)):
                if len(self._deleted(found)) < len(found):
                    break
        return [record_id for sobject in MARKED for record_id in self._found(sobject)]

    def _found(self, sobject: str) -> Iterator[str]:
        condition = f"{MARKED[sobject]} LIKE '{MARK} {'_' * RUN_LENGTH}'"
        answer = self.query(f"SELECT Id FROM {sobject} WHERE {condition} LIMIT {PER_CALL}")
        if answer.error[0] == UNSEEN:  # an sObject that the user does not see holds none of ours
            return
        if answer.is_refused or answer.body is None:
            why = answer.error[1] or f"HTTP {answer.status}"
            remedy = f"Run the command again later: it deletes what is named '{MARK} …' first."
            raise Stop(Exit.REFUSED, f"The org does not say whether marked records are there: {why}.", remedy)
        yield from (row["Id"] for row in answer.body["records"])

    def _deleted(self, ids: Sequence[str]) -> list[str]:
        answer = self.rest("DELETE", f"/composite/sobjects?ids={','.join(ids)}&allOrNone=false")
        results = answer.body if isinstance(answer.body, list) else []
        return [each["id"] for each in results if each.get("success")]
