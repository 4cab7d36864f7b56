"""A read-only web view: what records there are and what requests did to them."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from local.org.call import Call, Route
from local.org.messages import Response
from local.org.pages import page

PAGE_SIZE = 50
NAVIGATION = (
    '<nav aria-label="Main"><ul><li><a href="/">Records</a></li><li><a href="/view/audit">Audit log</a></li></ul></nav>'
)


def index(call: Call) -> Response:
    """GET /: every sObject that has records."""
    counts = [
        (each.name, each.label_plural, len(call.org.store.table(each.name).rows)) for each in call.org.schema.sobjects
    ]
    filled = "".join(
        f'<tr><th scope="row"><a href="/view/records/{escape(name)}">{escape(label)}</a></th><td>{count}</td></tr>'
        for name, label, count in counts
        if count
    )
    empty = ", ".join(escape(name) for name, _, count in counts if not count)
    return page(
        f"{call.org.settings.org_name} | Simulated Salesforce org",
        f"""{NAVIGATION}<h1>{escape(call.org.settings.org_name)}</h1>
<p>A simulated Salesforce org ({escape(call.org.settings.edition)}), organization id <code>{call.org.org_id}</code>.
Its time is <time>{call.org.clock.stamp()}</time>. API calls so far: {call.org.audit.api_calls}.</p>
<div class="scroll"><table><caption>Records by sObject</caption>
<thead><tr><th scope="col">sObject</th><th scope="col">Records</th></tr></thead><tbody>{filled}</tbody></table></div>
<p class="note">Empty: {empty}.</p>""",
        narrow=False,
    )


def records(call: Call, sobject: str) -> Response:
    """GET /view/records/<sobject>: the newest records first, 50 to a page, deleted ones marked."""
    kind = call.org.schema.sobject(sobject)
    if kind is None:
        return page("Not found", f"{NAVIGATION}<h1>Not found</h1><p>This org has no such sObject.</p>", status=404)
    rows = list(call.org.store.table(kind.name).rows.values())[::-1]
    start = _start(call)
    shown = rows[start : start + PAGE_SIZE]
    columns = [each.name for each in kind.fields if any(row.get(each.name) not in (None, "", False) for row in shown)]
    table = _table(
        f"{kind.label_plural}, newest first", columns, [[_link(row, name) for name in columns] for row in shown]
    )
    return page(
        f"{kind.label_plural} | Simulated Salesforce org",
        f"{NAVIGATION}<h1>{escape(kind.label_plural)}</h1>"
        f"<p>{len(rows)} records. Columns without any value are left out.</p>{table}{_pager(call, start, len(rows))}",
        narrow=False,
    )


def record(call: Call, record_id: str) -> Response:
    """GET /view/record/<id>: one record with every field that has a value."""
    kind = call.org.schema.of_id(record_id)
    row = call.org.store.table(kind.name).rows.get(record_id) if kind else None
    if kind is None or row is None:
        return page("Not found", f"{NAVIGATION}<h1>Not found</h1><p>There is no such record.</p>", status=404)
    lines = [
        [escape(each.label), f"<code>{escape(each.name)}</code>", escape(_shown(row.get(each.name)))]
        for each in kind.fields
    ]
    effects = [
        [f'<a href="/view/audit/{entry.number}">{entry.number}</a>', escape(entry.at), escape(effect["action"])]
        for entry in call.org.audit.entries
        for effect in entry.effects
        if effect["id"] == record_id
    ]
    return page(
        f"{kind.label} {record_id} | Simulated Salesforce org",
        f"{NAVIGATION}<h1>{escape(kind.label)}: {escape(str(row.get('Name') or row.get('Subject') or record_id))}</h1>"
        + _table("Fields", ["Label", "Field", "Value"], lines)
        + _table("Requests that changed it", ["Request", "At", "Effect"], effects),
        narrow=False,
    )


def audit(call: Call) -> Response:
    """GET /view/audit: the newest requests first, with what they changed."""
    entries, start = call.org.audit.entries[::-1], _start(call)
    lines = [
        [
            f'<a href="/view/audit/{each.number}">{each.number}</a>',
            escape(each.at),
            escape(each.username or "—"),
            escape(each.kind),
            f"<code>{escape(each.method)} {escape(each.path)}</code>",
            str(each.status or "no answer"),
            escape(each.fault),
            escape(_summary(each.effects)),
        ]
        for each in entries[start : start + PAGE_SIZE]
    ]
    columns = ["Request", "At", "User", "Kind", "Path", "Status", "Fault", "Effect"]
    return page(
        "Audit log | Simulated Salesforce org",
        f"{NAVIGATION}<h1>Audit log</h1><p>{len(entries)} requests, newest first.</p>"
        + _table("Requests", columns, lines)
        + _pager(call, start, len(entries)),
        narrow=False,
    )


def audit_entry(call: Call, number: str) -> Response:
    """GET /view/audit/<number>: one request with its body, its answer and its effects."""
    index_ = int(number) - 1
    if not 0 <= index_ < len(call.org.audit.entries):
        return page("Not found", f"{NAVIGATION}<h1>Not found</h1><p>There is no such request.</p>", status=404)
    entry = call.org.audit.entries[index_]
    effects = [
        [
            escape(e["action"]),
            escape(e["sobject"]),
            f'<a href="/view/record/{e["id"]}">{e["id"]}</a>',
            escape(json.dumps(e["values"], ensure_ascii=False)),
        ]
        for e in entry.effects
    ]
    parts = [[escape(p["method"]), escape(p["path"]), str(p["status"])] for p in entry.subrequests]
    return page(
        f"Request {number} | Simulated Salesforce org",
        f"{NAVIGATION}<h1>Request {number}: <code>{escape(entry.method)} {escape(entry.path)}</code></h1>"
        f"<p>{escape(entry.at)}, status {entry.status or 'no answer'}, {entry.api_calls} API calls. {escape(entry.fault)}</p>"
        + _table("Effects", ["Effect", "sObject", "Record", "Values"], effects)
        + _table("Subrequests", ["Method", "Path", "Status"], parts)
        + f"<h2>Request body</h2><pre class=scroll>{escape(entry.body)}</pre>"
        + f"<h2>Answer</h2><pre class=scroll>{escape(entry.response)}</pre>",
        narrow=False,
    )


def _table(caption: str, columns: list[str], rows: list[list[str]]) -> str:
    if not rows:
        return f"<h2>{escape(caption)}</h2><p>None.</p>"
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _link(row: dict[str, Any], name: str) -> str:
    text = escape(_shown(row.get(name)))
    return f'<a href="/view/record/{text}">{text}</a>' if name == "Id" else text


def _shown(value: Any) -> str:
    return "" if value is None else "Yes" if value is True else "No" if value is False else str(value)


def _summary(effects: list[dict[str, Any]]) -> str:
    counted: dict[str, int] = {}
    for each in effects:
        key = f"{each['sobject']} {each['action']}"
        counted[key] = counted.get(key, 0) + 1
    return ", ".join(f"{count} {key}" for key, count in counted.items())


def _start(call: Call) -> int:
    text = call.request.query.get("start", "0")
    return int(text) if text.isdigit() else 0


def _pager(call: Call, start: int, total: int) -> str:
    links = []
    if start > 0:
        links.append(f'<li><a href="{escape(call.request.path)}?start={max(0, start - PAGE_SIZE)}">Newer</a></li>')
    if start + PAGE_SIZE < total:
        links.append(f'<li><a href="{escape(call.request.path)}?start={start + PAGE_SIZE}">Older</a></li>')
    return f'<nav aria-label="Pages"><ul>{"".join(links)}</ul></nav>' if links else ""


ROUTES: list[Route] = [
    ("GET", "/", index),
    ("GET", "/view/records/(?P<sobject>[^/]+)", records),
    ("GET", "/view/record/(?P<record_id>[^/]+)", record),
    ("GET", "/view/audit", audit),
    ("GET", r"/view/audit/(?P<number>\d+)", audit_entry),
]
