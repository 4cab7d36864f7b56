"""Tables, cells and page links of the web view; everything that came from outside is escaped here."""

from __future__ import annotations

import json
from collections import Counter
from html import escape
from typing import Any

from ..schema.row import Row
from ..schema.sobjects import SObjectType
from ..server.audit import AuditEntry

PAGE_SIZE = 50
MAX_CELL_CHARS = 80
FIRST_COLUMNS = {"Id", "Name", "Subject", "IsDeleted"}
LAST_COLUMNS = {"OwnerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"}


def table(caption: str, columns: list[str], rows: list[list[str]], *, one_line: bool = False) -> str:
    """Return a table that scrolls sideways by itself; cells are HTML. Without rows it says so."""
    if not rows:
        return f"<h2>{escape(caption)}</h2><p>None.</p>"
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table{' class=lines' if one_line else ''}><caption>{escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def text_block(caption: str, text: str) -> str:
    """Return a titled block of preformatted text."""
    shown = f'<pre class="scroll" tabindex="0">{escape(text)}</pre>' if text else "<p>None.</p>"
    return f"<h2>{escape(caption)}</h2>{shown}"


def pager(path: str, start: int, total: int) -> str:
    """Return the links to newer and older entries."""
    links = []
    if start > 0:
        links.append(f'<li><a href="{escape(path)}?start={max(0, start - PAGE_SIZE)}">Newer</a></li>')
    if start + PAGE_SIZE < total:
        links.append(f'<li><a href="{escape(path)}?start={start + PAGE_SIZE}">Older</a></li>')
    return f'<nav aria-label="Pages"><ul>{"".join(links)}</ul></nav>' if links else ""


def shown(value: Any) -> str:
    """Return a value as people read it."""
    return "" if value is None else "Yes" if value is True else "No" if value is False else str(value)


def record_rows(kind: SObjectType, rows: list[Row]) -> tuple[list[str], list[list[str]]]:
    """Return columns that have any value, and a line for each record."""
    names = [each.name for each in kind.fields if any(row.get(each.name) not in (None, "", False) for row in rows)]
    names.sort(key=lambda name: (name not in FIRST_COLUMNS, name in LAST_COLUMNS))
    return names, [[_cell(row, name) for name in names] for row in rows]


def _cell(row: Row, name: str) -> str:
    text = shown(row.get(name))
    if name == "Id":
        return record_link(text)
    return escape(text if len(text) <= MAX_CELL_CHARS else text[: MAX_CELL_CHARS - 1] + "…")


def record_link(record_id: str) -> str:
    """Return a link to a record's page."""
    return f'<a href="/view/record/{escape(record_id)}">{escape(record_id)}</a>'


def entry_link(entry: AuditEntry) -> str:
    """Return a link to a request's page."""
    return f'<a href="/view/audit/{entry.number}">{entry.number}</a>'


def entry_row(entry: AuditEntry) -> list[str]:
    """Return the line of a request in the audit log."""
    counted = Counter(f"{each['sobject']} {each['action']}" for each in entry.effects)
    return [
        entry_link(entry),
        escape(entry.at[:19].replace("T", " ")),
        escape(entry.kind),
        str(entry.status or "no answer"),
        escape(", ".join(f"{count} {what}" for what, count in counted.items()) or "—"),
        escape(entry.fault or "—"),
        f"<code>{escape(entry.method)} {escape(entry.path)}</code>",
        escape(entry.username or "—"),
    ]


def effect_row(effect: dict[str, Any]) -> list[str]:
    """Return the line of one effect of a request."""
    values = json.dumps(effect["values"], ensure_ascii=False) if effect["values"] else "—"
    return [escape(effect["action"]), escape(effect["sobject"]), record_link(effect["id"]), escape(values)]
