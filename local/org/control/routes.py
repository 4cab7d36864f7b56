"""The control API under `/_control/`: set the org up, break it, move its clock, and read what happened."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..oauth.users import ADMIN_USERNAME
from ..setup.connected_apps import DEFAULT_CLIENT_ID
from ..setup.settings import Settings
from ..wire.call import Call, Route
from ..wire.messages import OrgError, Response
from .change_events import ROUTES as CHANGE_ROUTES
from .ports import ControlOrg
from .record_actions import ROUTES as RECORD_ROUTES

DEFAULT_SCOPES = ("api", "refresh_token", "id")


def body_of(call: Call[ControlOrg]) -> dict[str, Any]:
    """Return the JSON object of a control call; an empty body is an empty object."""
    body: dict[str, Any] = call.request.json() if call.request.body.strip() else {}
    return body


def taken[T](body: dict[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    """Return one value of a control call's body; raise when it is missing or of another type."""
    value = body.get(name, default)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise OrgError("INVALID_FIELD", f"This call needs {name!r}, a {kind.__name__}.")
    return value


def number(body: dict[str, Any], name: str, default: float | None = None) -> float:
    """Return a number of a control call's body."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OrgError("INVALID_FIELD", f"This call needs {name!r}, a number.")
    return float(value)


def objects(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return a list of JSON objects of a control call's body."""
    listed = taken(body, name, list)
    if not all(isinstance(each, dict) for each in listed):
        raise OrgError("INVALID_FIELD", f"{name!r} is a list of objects.")
    return listed


def reset(call: Call[ControlOrg]) -> Response:
    """POST reset `{"keep"?: ["settings", "logins"]}`: reset the org to its start, except for what `keep` names."""
    keep = taken(body_of(call), "keep", list, [])
    if set(keep) - {"settings", "logins"}:
        raise OrgError("INVALID_FIELD", "A reset may keep 'settings' and 'logins'.")
    call.org.reset(keep)
    return Response(body={"org_id": call.org.org_id})


def read_settings(call: Call[ControlOrg]) -> Response:
    """GET settings: every value, and what each means under `meanings`."""
    return Response(body={**call.org.settings.as_json(), "meanings": Settings.meanings()})


def change_settings(call: Call[ControlOrg]) -> Response:
    """PATCH settings `{"edition": ...}`: change those named."""
    changes = body_of(call)
    changes.pop("meanings", None)
    if "apps" in changes:
        objects(changes, "apps")
    call.org.change_settings(changes)
    return Response(body=call.org.settings.as_json())


def declare_schema(call: Call[ControlOrg]) -> Response:
    """
    POST schema `{"describes", "sobjects", "duplicate_rules", "assignment_rules", "permissions"}`, or a captured describe: add
    sObjects, fields, rules and permissions, in the form of a schema file (SCHEMA.md).
    """
    call.org.declare(body_of(call))
    return Response(body={"sobjects": [each.name for each in call.org.schema.sobjects]})


def load_records(call: Call[ControlOrg]) -> Response:
    """POST records `{"sobject", "records"}`: store rows without the save rules; others see them after `visible_after_s`."""
    body = body_of(call)
    late_s = number(body, "visible_after_s", 0)
    ids = call.org.store.load(taken(body, "sobject", str), objects(body, "records"), commit_delay_s=late_s)
    return Response(body={"ids": ids})


def read_records(call: Call[ControlOrg], sobject: str) -> Response:
    """GET records/<sobject>: every row with every field, deleted ones too, whatever permissions and commit delays say."""
    kind = call.org.schema.sobject(sobject)
    if kind is None:
        raise OrgError("NOT_FOUND", f"This org has no sObject {sobject!r}.", status=404)
    rows = [dict(row) for row in call.org.store.table(kind.name).rows.values()]
    return Response(body={"sobject": kind.name, "records": rows})


def start_session(call: Call[ControlOrg]) -> Response:
    """
    POST sessions `{"username"?, "client_id"?, "scopes"?, "timeout_s"?, "refresh"?}`: a session without the pages; with
    `"refresh": true` also a refresh token.
    """
    body, org = body_of(call), call.org
    user = org.users.named(taken(body, "username", str, ADMIN_USERNAME))
    if user is None:
        raise OrgError("NOT_FOUND", f"This org has no user {body.get('username')!r}.", status=404)
    app = org.settings.apps.get(taken(body, "client_id", str, DEFAULT_CLIENT_ID))
    if app is None:
        raise OrgError("NOT_FOUND", "This org has no app of that client_id; PATCH settings registers one.", status=404)
    scopes = taken(body, "scopes", list, list(DEFAULT_SCOPES))
    grant = org.grants.open_grant(app, user["Id"], scopes) if body.get("refresh") else None
    timeout_s = taken(body, "timeout_s", int, 0) or app.session_timeout_s or org.settings.session_timeout_s
    session = org.sessions.start(
        user["Id"], user["Username"], app.client_id, scopes, timeout_s, grant.id if grant else ""
    )
    answer = {
        "access_token": session.token,
        "instance_url": org.origin,
        "user_id": session.user_id,
        "org_id": org.org_id,
        "username": session.username,
        "id": org.identity_url(session.user_id),
    }
    return Response(201, {**answer, "refresh_token": grant.refresh_token} if grant else answer)


def end_sessions(call: Call[ControlOrg]) -> Response:
    """DELETE sessions: end every session, as an admin can."""
    call.org.sessions.end_all()
    return Response(204)


def read_grants(call: Call[ControlOrg]) -> Response:
    """GET grants: every approval with a refresh token, and whether it is revoked."""
    return Response(
        body={
            "grants": [
                {
                    "client_id": grant.client_id,
                    "user_id": grant.user_id,
                    "scopes": grant.scopes,
                    "refresh_token": grant.refresh_token,
                    "rotations": len(grant.spent),
                    "revoked": grant.revoked,
                }
                for grant in call.org.grants.all
            ]
        }
    )


def revoke_grants(call: Call[ControlOrg]) -> Response:
    """DELETE grants: an admin revokes every approval, of `?username=` or of all."""
    username = call.request.query.get("username")
    user = call.org.users.named(username) if username else None
    if username and user is None:
        raise OrgError("NOT_FOUND", f"This org has no user {username!r}.", status=404)
    call.org.grants.revoke_all(user["Id"] if user else None)
    return Response(204)


def add_faults(call: Call[ControlOrg]) -> Response:
    """POST faults `{"do", ...}`: one rule, or several under `faults`."""
    body = body_of(call)
    rules = objects(body, "faults") if "faults" in body else [body]
    return Response(201, {"ids": [call.org.faults.add(rule).id for rule in rules]})


def read_faults(call: Call[ControlOrg]) -> Response:
    """GET faults: the rules in force, with how many requests they matched and hit."""
    return Response(body={"faults": call.org.faults.as_json()})


def clear_faults(call: Call[ControlOrg]) -> Response:
    """DELETE faults: remove every rule."""
    call.org.faults.clear()
    return Response(204)


def move_clock(call: Call[ControlOrg]) -> Response:
    """POST clock `{"advance_s"?, "now"?, "stop"?}`: move it, set it (ISO 8601), hold it (true) or let it run (false)."""
    body, clock = body_of(call), call.org.clock
    if set(body) - {"advance_s", "now", "stop"}:
        raise OrgError("INVALID_FIELD", "The clock takes advance_s, now and stop.")
    if "now" in body:
        clock.set_ms(parsed_ms(taken(body, "now", str)))
    if "stop" in body:
        clock.stop() if taken(body, "stop", bool) else clock.start()
    if "advance_s" in body:
        clock.advance(number(body, "advance_s"))
    return read_clock(call)


def read_clock(call: Call[ControlOrg]) -> Response:
    """GET clock: the org's time."""
    return Response(body={"now": call.org.clock.stamp(), "now_ms": call.org.clock.now_ms()})


def parsed_ms(text: str) -> int:
    """Return an ISO 8601 time in milliseconds since the epoch; UTC when it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise OrgError("INVALID_FIELD", f"Not an ISO 8601 time: {text!r}.") from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def use_limits(call: Call[ControlOrg]) -> Response:
    """POST limits `{"DailyApiRequests": 14999}`: set how much of a limit was used."""
    body = body_of(call)
    for name in body:
        call.org.limits.set_used(name, taken(body, name, int))
    return Response(body=call.org.limits.as_json())


def lock_rows(call: Call[ControlOrg]) -> Response:
    """POST locks `{"ids": [...], "seconds": 30}`: hold rows as another transaction would."""
    body = body_of(call)
    call.org.store.lock_rows(taken(body, "ids", list), number(body, "seconds", 10))
    return Response(204)


def stats(call: Call[ControlOrg]) -> Response:
    """GET stats: API calls as Salesforce counts them, and every request by kind."""
    audit = call.org.audit
    return Response(body={"api_calls": audit.api_calls, "by_kind": dict(sorted(audit.by_kind.items()))})


def clear_stats(call: Call[ControlOrg]) -> Response:
    """DELETE stats: count from zero; the daily limit keeps its own count."""
    call.org.audit.clear_counts()
    return Response(204)


def read_audit(call: Call[ControlOrg]) -> Response:
    """GET audit: every request with its effect; `?since=<number>`, `?kind=<kind>`."""
    query = call.request.query
    since = int(query["since"]) if query.get("since", "").isdigit() else 0
    return Response(body={"entries": call.org.audit.as_json(since, query.get("kind", ""))})


ROUTES: list[Route[ControlOrg]] = [
    ("POST", "/reset", reset),
    ("GET", "/settings", read_settings),
    ("PATCH", "/settings", change_settings),
    ("POST", "/schema", declare_schema),
    ("POST", "/records", load_records),
    ("GET", "/records/(?P<sobject>[^/]+)", read_records),
    ("POST", "/sessions", start_session),
    ("DELETE", "/sessions", end_sessions),
    ("GET", "/grants", read_grants),
    ("DELETE", "/grants", revoke_grants),
    ("POST", "/faults", add_faults),
    ("GET", "/faults", read_faults),
    ("DELETE", "/faults", clear_faults),
    ("POST", "/clock", move_clock),
    ("GET", "/clock", read_clock),
    ("POST", "/limits", use_limits),
    ("POST", "/locks", lock_rows),
    ("GET", "/stats", stats),
    ("DELETE", "/stats", clear_stats),
    ("GET", "/audit", read_audit),
    *CHANGE_ROUTES,
    *RECORD_ROUTES,
]
