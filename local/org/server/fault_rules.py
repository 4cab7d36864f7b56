"""Fault rules: which request, how many times, and what goes wrong with it."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from ..setup.type_checks import check_types
from ..wire.messages import OrgError, Request
from .error_catalogue import ERRORS
from .query_windows import is_wider, statement_of

ACTIONS = {
    "error": "answers the REST error `code` (status and message from the catalogue, or `status`, `message`, `fields`)",
    "oauth_error": "answers `{error: code, error_description: message}`; at authorize by redirect",
    "record_error": "fails the records that `sobject`, `action`, `ids`, `where` choose with `code`; the others are saved",
    "drop_before": "closes the connection without an answer; nothing is applied",
    "drop_after": "applies the request, then closes the connection without an answer",
    "late": "closes the connection at once and applies the request `late_s` later on the org's clock",
    "delay": "holds the request for `delay_s` real seconds, then answers it as usual",
    "truncate": "applies the request, announces the whole body, sends half of it and closes",
    "garbage": "applies the request and answers `status` (200) with a body that is no JSON",
    "html": "answers `status` (503) with an HTML page, or `message` instead of the page; applied only with `applied`",
    "text": "answers `status` (403) with the plain text `message`, as the identity URL does; applied only with `applied`",
    "redirect": "answers `status` (302) with the address `message` in Location; applied only with `applied`",
    "empty": "answers `status` (503) without a body; applied only with `applied`",
    "expire_session": "ends the caller's session, so that this request and the next ones get 401",
}
MAX_LATE_S = 600  # D limits cheat sheet: a REST request that runs longer than 10 minutes is ended


@dataclass
class Fault:
    """One rule. A request takes the first rule that matches it and has uses left."""

    MEANINGS: ClassVar[dict[str, str]] = {
        "method": "HTTP method; empty: any",
        "path": "regular expression searched in the decoded path",
        "body": "regular expression searched in the query's values and the body",
        "wider_than_s": "a query, query job or batch wider than so many seconds of a datetime field, or without bounds; 0: any request",
        "kind": "kind of request as in `GET /_control/stats`: `query`, `composite`, `token`, ...",
        "username": "whose session",
        "part": "match parts of composite requests instead of whole requests (`error` only)",
        "times": "how many matches take effect; null: all, until `DELETE /_control/faults`",
        "skip": "how many matches are let through first",
        "delay_s": "real seconds to wait first; goes with every `do`",
        "late_s": "seconds on the org's clock for `late`, at most 600 and at most the setting `late_apply_max_s`",
        "code": "error code, such as `UNABLE_TO_LOCK_ROW` or `invalid_grant`",
        "message": "message or description; empty: the usual one",
        "status": "HTTP status; 0: the usual one",
        "fields": "field names of the error; null: the usual",
        "applied": "apply the request before `error`, `oauth_error`, `html`, `text`, `redirect` or `empty` is answered",
        "sobject": "`record_error`: sObject; empty: any",
        "action": "`record_error`: `create`, `update` or `delete`; empty: any",
        "ids": "`record_error`: Ids of 15 or 18 characters; empty: any",
        "where": "`record_error`: regular expressions by field name, searched in the values sent",
    }
    do: str
    id: int = 0
    method: str = ""
    path: str = ""
    body: str = ""
    wider_than_s: float = 0.0
    kind: str = ""
    username: str = ""
    part: bool = False
    times: int | None = 1
    skip: int = 0
    delay_s: float = 0.0
    late_s: float = 30.0
    code: str = ""
    message: str = ""
    status: int = 0
    fields: list[str] | None = None
    applied: bool = False
    sobject: str = ""
    action: str = ""
    ids: list[str] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        """Refuse a rule that could never work, with the sentence that says why."""
        if self.do not in ACTIONS:
            raise OrgError("INVALID_FAULT", f"'do' is one of {', '.join(ACTIONS)}; not {self.do!r}.")
        if self.do in ("error", "record_error", "oauth_error") and not self.code:
            raise OrgError("INVALID_FAULT", f"{self.do!r} needs a 'code', such as UNABLE_TO_LOCK_ROW or invalid_grant.")
        if self.do == "redirect" and not self.message:
            raise OrgError("INVALID_FAULT", "'redirect' needs the address to redirect to as 'message'.")
        if self.part and self.do != "error":
            raise OrgError("INVALID_FAULT", "A 'part' of a composite can only answer an error: 'do' must be 'error'.")
        if not 0 <= self.late_s <= MAX_LATE_S:
            raise OrgError(
                "INVALID_FAULT", f"'late_s' is at most {MAX_LATE_S}: Salesforce ends a request after 10 minutes."
            )
        for pattern in (self.path, self.body, *self.where.values()):
            re.compile(pattern)

    def matches_request(self, request: Request, kind: str, username: str, part: bool) -> bool:
        """Say whether every condition that the rule states holds for a request, or for a part of a composite."""
        return (
            self.do != "record_error"
            and self.part == part
            and self.method.upper() in ("", request.method)
            and self.kind in ("", kind)
            and self.username in ("", username)
            and (not self.path or re.search(self.path, request.path) is not None)
            and (not self.body or re.search(self.body, searchable(request)) is not None)
            and (not self.wider_than_s or is_wider(statement_of(request), self.wider_than_s))
        )

    def matches_record(self, action: str, sobject: str, record_id: str | None, values: Mapping[str, Any]) -> bool:
        """Say whether the rule matches this record of a write."""
        return (
            self.do == "record_error"
            and self.sobject in ("", sobject)
            and self.action in ("", action)
            and (not self.ids or (record_id or "")[:15] in {each[:15] for each in self.ids})
            and all(re.search(p, str(values.get(name, ""))) is not None for name, p in self.where.items())
        )

    def taken(self) -> bool:
        """Count one match; say whether the rule takes effect now."""
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.hits >= self.times):
            return False
        self.hits += 1
        return True

    def as_error(self) -> OrgError:
        """Return the REST error: status and message from the catalogue unless the rule states its own."""
        known = ERRORS.get(self.code, (400, self.code))
        names = self.fields if self.fields is not None else ([] if (self.status or known[0]) == 400 else None)
        return OrgError(self.code, self.message or known[1], status=self.status or known[0], fields=names)


def searchable(request: Request) -> str:
    """Return what a rule's `body` is searched in: the query's values, then the body."""
    return " ".join(request.query.values()) + "\n" + request.body.decode("utf-8", "replace")


class Faults:
    """The rules in force, first added first tried."""

    def __init__(self) -> None:
        self.rules: list[Fault] = []
        self._lock = threading.Lock()
        self._last_id = 0

    def add(self, rule: Mapping[str, Any]) -> Fault:
        """Add a rule given as JSON; raise INVALID_FAULT for one that makes no sense."""
        check_types(Fault, rule, "fault key", "INVALID_FAULT")
        if "do" not in rule or set(rule) & {"id", "seen", "hits"}:
            raise OrgError("INVALID_FAULT", "A fault needs 'do'; its id and counts are the org's to give.")
        try:
            fault = Fault(**rule)
        except re.error as error:
            raise OrgError("INVALID_FAULT", f"A pattern of this fault is no regular expression: {error}") from error
        with self._lock:
            self._last_id += 1
            fault.id = self._last_id
            self.rules.append(fault)
        return fault

    def clear(self) -> None:
        """Remove every rule."""
        with self._lock:
            self.rules.clear()

    def take(self, request: Request, kind: str, username: str, *, part: bool = False) -> Fault | None:
        """Return the rule that takes effect on this request (or part of a composite), if any, and count it."""
        if not self.rules:
            return None
        with self._lock:
            matching = (rule for rule in self.rules if rule.matches_request(request, kind, username, part))
            return next((rule for rule in matching if rule.taken()), None)

    def record_error(
        self, action: str, sobject: str, record_id: str | None, values: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the failure of one record about to be saved, in the collections shape, if a rule matches it."""
        if not self.rules:
            return None
        with self._lock:
            rule = next(
                (r for r in self.rules if r.matches_record(action, sobject, record_id, values) and r.taken()), None
            )
        if rule is None:
            return None
        error = rule.as_error()
        return {"statusCode": error.code, "message": error.message, "fields": error.fields or []}

    def as_json(self) -> list[dict[str, Any]]:
        """Return every rule with its counts of matches and hits."""
        with self._lock:
            return [asdict(rule) for rule in self.rules]
