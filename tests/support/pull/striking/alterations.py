"""Answers that were altered or lost on their way: each takes the right answer and gives the wrong one, None where it does not apply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import requests
from urllib3.exceptions import IncompleteRead, ProtocolError, ReadTimeoutError

from tests.support.pull.striking.answer import Answer

type Alteration = Callable[[Answer], Answer | None]

HTML = "text/html; charset=UTF-8"
SLOW_S = 30.0
PAGE = b"<html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"
LOGIN = "https://login.salesforce.com/?ec=302&startURL=%2Fservices"
ODD_STATUSES = (
    201,
    202,
    204,
    206,
    300,
    304,
    306,
    402,
    406,
    409,
    410,
    415,
    418,
    422,
    425,
    451,
    499,
    501,
    509,
    520,
    521,
    524,
    530,
    599,
)
BODIES: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "null": b"null",
    "number": b"1",
    "text": b'"ok"',
    "list": b"[]",
    "list of lists": b"[[]]",
    "object": b"{}",
    "errors with 200": b'[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error occurred."}]',
    "XML": b'<?xml version="1.0"?><Errors><Error><errorCode>X</errorCode></Error></Errors>',
    "page": PAGE,
}


def _of_body(body: bytes) -> Alteration:
    return lambda answer: answer.with_body(body, 200)


def _of_status(status: int) -> Alteration:
    return lambda answer: answer.with_body(b"", status)


def _redirect(status: int, to: str) -> Alteration:
    return lambda answer: answer.with_body(b"", status, **({"Location": to} if to else {}))


def _lost(error: Callable[[], Exception], after_s: float = 0.0) -> Alteration:
    return lambda answer: replace(answer, lost=error(), after_s=after_s)


def _breaking(error: Callable[[], Exception], after_s: float = 0.0) -> Alteration:
    return lambda answer: replace(answer, breaks=error(), after_s=after_s)


def _page(change: Callable[[dict[str, Any], Answer], None]) -> Alteration:
    """Alter the page of a query."""

    def altered(answer: Answer) -> Answer | None:
        body = answer.parsed()
        if not isinstance(body, dict) or not isinstance(body.get("records"), list):
            return None
        change(body, answer)
        return answer.with_json(body)

    return altered


def _key(key: str, change: Callable[[dict[str, Any]], None], also: str = "") -> Alteration:
    """Alter a JSON answer that has this key (and another one)."""

    def altered(answer: Answer) -> Answer | None:
        body = answer.parsed()
        if not isinstance(body, dict) or key not in body or (also and also not in body):
            return None
        change(body)
        return answer.with_json(body)

    return altered


def _set(key: str, value: Any) -> Callable[..., None]:
    return lambda body, *_: body.update({key: value})


def _cut(key: str) -> Callable[..., None]:
    return lambda body, *_: body.pop(key, None)


def _rows(change: Callable[[dict[str, Any]], Any]) -> Alteration:
    return _page(lambda body, _: body.update(records=[change(row) for row in body["records"]]))


def _without(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: {key: value for key, value in row.items() if key != name}


def _next(address: Callable[[Answer], str | None]) -> Alteration:
    return _page(lambda body, answer: body.update(done=False, nextRecordsUrl=address(answer)))


def _own_address(answer: Answer) -> str:
    path = "/services" + answer.url.partition("/services")[2].partition("?")[0]
    return path if "/query/" in path else f"{path.replace('queryAll', 'query')}/01gAGAIN-2"


def _csv(change: Callable[[list[bytes]], list[bytes]]) -> Alteration:
    """Alter the lines of a results page."""

    def altered(answer: Answer) -> Answer | None:
        lines = answer.body.splitlines(keepends=True)
        return answer.with_body(b"".join(change(lines))) if "/results" in answer.url and lines else None

    return altered


def _locator(value: str) -> Alteration:
    def altered(answer: Answer) -> Answer | None:
        asked = answer.url.partition("locator=")[2].partition("&")[0]
        return (
            replace(answer, headers={**answer.headers, "Sforce-Locator": value or asked or "MA"})
            if "/results" in answer.url
            else None
        )

    return altered


def _without_header(name: str) -> Alteration:
    def altered(answer: Answer) -> Answer | None:
        kept = {key: value for key, value in answer.headers.items() if key != name}
        return replace(answer, headers=kept) if name in answer.headers else None

    return altered


def _without_column(lines: list[bytes]) -> list[bytes]:
    return [line.rpartition(b",")[0] + b"\n" for line in lines]


ALTERATIONS: Mapping[str, Alteration] = {
    **{f"body: {name}": _of_body(body) for name, body in BODIES.items()},
    **{f"status {status}": _of_status(status) for status in ODD_STATUSES},
    **{f"redirect {status}": _redirect(status, LOGIN) for status in (301, 303, 307, 308)},
    "redirect without an address": _redirect(302, ""),
    "half of the body": lambda answer: answer.with_body(answer.body[: len(answer.body) // 2]) if answer.body else None,
    "two bodies": lambda answer: answer.with_body(answer.body * 2) if answer.body else None,
    "a byte that is no UTF-8": lambda answer: answer.with_body(answer.body.replace(b"e", b"\xff", 1)) if b"e" in answer.body else None,
    "a byte order mark": lambda answer: answer.with_body(b"\xef\xbb\xbf" + answer.body) if answer.body else None,
    "content type HTML": lambda answer: replace(answer, headers={**answer.headers, "Content-Type": HTML}),
    "content type missing": _without_header("Content-Type"),
    "gzip that is none": lambda answer: replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"}) if answer.body else None,
    "date missing": lambda answer: _without_header("Date")(answer),
    "date that is none": lambda answer: replace(answer, headers={**answer.headers, "Date": "yesterday"}),
    "usage that is none": lambda answer: replace(answer, headers={**answer.headers, "Sforce-Limit-Info": "api-usage=many/0"}),
    "too slow": _lost(lambda: requests.ReadTimeout("Read timed out."), SLOW_S),
    "too slow to connect": _lost(lambda: requests.ConnectTimeout("timed out"), 5.0),
    "slow, and right": lambda answer: replace(answer, after_s=SLOW_S - 1),
    "too slow in the body": _breaking(lambda: ReadTimeoutError(None, "", "Read timed out."), SLOW_S),  # type: ignore[arg-type]  # no pool
    "cut in the body": _breaking(lambda: ProtocolError("Connection broken", IncompleteRead(1, 2))),
    "reset in the body": _breaking(lambda: ConnectionResetError("Connection reset by peer")),
    "TLS broken": _lost(lambda: requests.exceptions.SSLError("EOF occurred in violation of protocol")),
    "chunks broken": _lost(lambda: requests.exceptions.ChunkedEncodingError("Connection broken")),
    "proxy broken": _lost(lambda: requests.exceptions.ProxyError("Cannot connect to proxy.")),
    "name not found": _lost(lambda: requests.ConnectionError("Name or service not known")),
    "page without records": _page(_cut("records")),
    "page with null for records": _page(_set("records", None)),
    "page with null for rows": _rows(lambda row: None),
    "page with texts for rows": _rows(lambda row: "row"),
    "page without done": _page(_cut("done")),
    "page with a text for its size": _page(_set("totalSize", "many")),
    "page with rows without Ids": _rows(_without("Id")),
    "page with null for Ids": _rows(lambda row: {**row, "Id": None}),
    "page with rows without stamps": _rows(_without("SystemModstamp")),
    "page with stamps that are none": _rows(lambda row: {**row, "SystemModstamp": "soon"}),
    "page with rows without their parent": _rows(_without("Account")),
    "page with numbers for parents": _rows(lambda row: {**row, "Account": 1}),
    "page with rows without a field": _rows(_without("LastName")),
    "next page without an address": _next(lambda answer: None),
    "next page elsewhere": _next(lambda answer: "https://example.com/services/data/v66.0/query/01gX-2"),
    "next page nowhere": _next(lambda answer: "/services/data/v66.0/query/01gNOWHERE0000000-2"),
    "next page the same": _next(_own_address),
    "describe of nothing": _key("fields", _set("fields", [])),
    "describe with null for fields": _key("fields", _set("fields", None)),
    "describe of another": _key("fields", _set("name", "Asset")),
    "describe of fields without names": _key("fields", lambda body: body.update(fields=[{"label": "A field"}])),
    "delete log without records": _key("deletedRecords", _cut("deletedRecords")),
    "delete log with null": _key("deletedRecords", _set("deletedRecords", None)),
    "delete log with null for rows": _key("deletedRecords", _set("deletedRecords", [None])),
    "delete log without dates": _key("deletedRecords", _cut("earliestDateAvailable")),
    "job aborted": _key("state", _set("state", "Aborted"), "operation"),
    "job failed": _key("state", _set("state", "Failed"), "operation"),
    "job in an unknown state": _key("state", _set("state", "Elsewhere"), "operation"),
    "job without a state": _key("state", _cut("state"), "operation"),
    "job without an Id": _key("state", _cut("id"), "operation"),
    "job with an Id that is a path": _key("state", _set("id", "../../sobjects"), "operation"),
    "results without a header": _csv(lambda lines: lines[1:]),
    "results with a header alone": _csv(lambda lines: lines[:1]),
    "results without a column": _csv(_without_column),
    "results with a short header": _csv(lambda lines: [lines[0].rpartition(b",")[0] + b"\n", *lines[1:]]),
    "results with a short line": _csv(lambda lines: [*lines[:-1], lines[-1].rpartition(b",")[0] + b"\n"]),
    "results that end in a quote": _csv(lambda lines: [*lines, b'"no end']),
    "results with another order": _csv(lambda lines: [b",".join(reversed(line.rstrip().split(b","))) + b"\n" for line in lines]),
    "locator the same": _locator(""),
    "locator nowhere": _locator("bm93aGVyZQ"),
    "locator missing": _without_header("Sforce-Locator"),
}  # fmt: skip
