"""A read-only web view: what records there are and what requests did to them."""

from __future__ import annotations

from html import escape

from ..oauth.authorize import log_in_form
from ..oauth.login_pages import page
from ..schema.row import Row
from ..schema.sobjects import FieldType
from ..wire.call import Call, Route
from ..wire.messages import Response
from .ports import ViewOrg
from .tables import (
    PAGE_SIZE,
    effect_row,
    entry_link,
    entry_row,
    pager,
    record_link,
    record_rows,
    shown,
    table,
    text_block,
)

NAVIGATION = (
    '<nav aria-label="Main"><ul><li><a href="/">Records</a></li><li><a href="/view/audit">Audit log</a></li></ul></nav>'
)
LOG_COLUMNS = ["Request", "At", "Kind", "Status", "Effect", "Fault", "Path", "User"]


def index(call: Call[ViewOrg]) -> Response:
    """GET /: every sObject that has records; with `startURL` the login page, as at Salesforce."""
    if "startURL" in call.request.query:
        return log_in_form(call)
    org = call.org
    counts = [(each, len(org.store.table(each.name).rows)) for each in org.schema.sobjects]
    lines = [
        [f'<a href="/view/records/{escape(kind.name)}">{escape(kind.label_plural)}</a>', str(count)]
        for kind, count in counts
        if count
    ]
    empty = ", ".join(escape(kind.label_plural) for kind, count in counts if not count)
    return _shown_page(
        org.settings.org_name,
        f"<p>A simulated Salesforce org ({escape(org.settings.edition)}), organization id <code>{org.org_id}</code>. "
        f"Its time is <time>{org.clock.stamp()}</time>. API calls so far: {org.audit.api_calls}.</p>",
        table("Records by sObject", ["sObject", "Records"], lines),
        f'<p class="note">Without records: {empty}.</p>',
    )


def records(call: Call[ViewOrg], sobject: str) -> Response:
    """GET /view/records/<sobject>: the newest records first, 50 to a page."""
    kind = call.org.schema.sobject(sobject)
    if kind is None:
        return _missing("This org has no such sObject.")
    rows, start = list(call.org.store.table(kind.name).rows.values())[::-1], _start(call)
    columns, lines = record_rows(kind, rows[start : start + PAGE_SIZE])
    return _shown_page(
        kind.label_plural,
        f"<p>{len(rows)} records, deleted ones included. Columns without any value are left out.</p>",
        table(f"{kind.label_plural}, newest first", columns, lines, one_line=True),
        pager(call.request.path, start, len(rows)),
    )


def record(call: Call[ViewOrg], record_id: str) -> Response:
    """GET /view/record/<id>: one record with its values, and the requests that changed it."""
    kind = call.org.schema.of_id(record_id)
    row = call.org.store.table(kind.name).rows.get(record_id) if kind else None
    if kind is None or row is None:
        return _missing("There is no such record.")
    filled = [each for each in kind.fields if row.get(each.name) not in (None, "")]
    lines = [[escape(each.label), f"<code>{escape(each.name)}</code>", _value(each, row)] for each in filled]
    empty = ", ".join(escape(each.name) for each in kind.fields if row.get(each.name) in (None, ""))
    changes = [
        [entry_link(entry), escape(entry.at[:19].replace("T", " ")), escape(effect["action"])]
        for entry in call.org.audit.entries
        for effect in entry.effects
        if effect["id"] == record_id
    ]
    return _shown_page(
        f"{kind.label}: {row.get('Name') or row.get('Subject') or record_id}",
        table("Fields", ["Label", "Field", "Value"], lines),
        f'<p class="note">Without a value: {empty}.</p>',
        table("Requests that changed it", ["Request", "At", "Effect"], changes),
    )


def _value(field: FieldType, row: Row) -> str:
    text = shown(row.get(field.name))
    return record_link(text) if field.type == "reference" and text else escape(text)


def audit(call: Call[ViewOrg]) -> Response:
    """GET /view/audit: the newest requests first, with what they changed."""
    entries, start = call.org.audit.entries[::-1], _start(call)
    return _shown_page(
        "Audit log",
        f"<p>{len(entries)} requests, newest first.</p>",
        table("Requests", LOG_COLUMNS, [entry_row(each) for each in entries[start : start + PAGE_SIZE]], one_line=True),
        pager(call.request.path, start, len(entries)),
    )


def audit_entry(call: Call[ViewOrg], number: str) -> Response:
    """GET /view/audit/<number>: one request with its body, its answer and its effects."""
    entry = next((each for each in call.org.audit.entries if str(each.number) == number), None)
    if entry is None:
        return _missing("There is no such request.")
    parameters = [[f"<code>{escape(name)}</code>", escape(value)] for name, value in entry.query.items()]
    parts = [[escape(each["method"]), escape(each["path"]), str(each["status"])] for each in entry.subrequests]
    return _shown_page(
        f"Request {number}: {entry.method} {entry.path}",
        table("Request", LOG_COLUMNS, [entry_row(entry)]),
        table("Query", ["Parameter", "Value"], parameters),
        table("Effects", ["Effect", "sObject", "Record", "Values"], [effect_row(each) for each in entry.effects]),
        table("Subrequests", ["Method", "Path", "Status"], parts),
        text_block("Request body", entry.body),
        text_block("Answer", entry.response),
    )


def _shown_page(title: str, *parts: str) -> Response:
    heading = f"{NAVIGATION}<h1>{escape(title)}</h1>"
    return page(f"{title} | Simulated Salesforce org", heading + "".join(parts), narrow=False)


def _missing(sentence: str) -> Response:
    content = f"{NAVIGATION}<h1>Not found</h1><p>{sentence}</p>"
    return page("Not found | Simulated Salesforce org", content, status=404, narrow=False)


def _start(call: Call[ViewOrg]) -> int:
    text = call.request.query.get("start", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


ROUTES: list[Route[ViewOrg]] = [
    ("GET", "/", index),
    ("GET", "/view/records/(?P<sobject>[^/]+)", records),
    ("GET", "/view/record/(?P<record_id>[^/]+)", record),
    ("GET", "/view/audit", audit),
    ("GET", r"/view/audit/(?P<number>[^/]+)", audit_entry),
]
