"""Reads a REST API proxy event for the connect pages, and answers a page or a redirect. Host and requestContext are never used."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from causeway.connections.brand import NO_BRAND, Brand
from causeway.connections.oauth.ports import Answer, Redirect
from causeway.connections.pages.html import Kind, branded, page_headers

_MAX_FORM: Final = 32_768
_STATUS: Final[dict[Kind, int]] = {
    "shown": 200,
    "mistyped": 400,
    "attempt_unknown": 400,
    "other_org": 409,
    "link_refused": 410,
    "not_ready": 503,
}
_NOT_KEPT: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a browser sent: method, query, form and cookies, each value once."""

    method: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]


def page_request_of(event: Mapping[str, Any]) -> PageRequest:
    """Return the request in a proxy event; a part that cannot be read counts as not sent."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    several = {name.lower(): values for name, values in (event.get("multiValueHeaders") or {}).items()}
    cookies = "; ".join(several.get("cookie") or [headers.get("cookie") or ""])
    return PageRequest(
        method=str(event.get("httpMethod", "")),
        query={name: value or "" for name, value in (event.get("queryStringParameters") or {}).items()},
        form=dict(parse_qsl(_body(event), keep_blank_values=True)),
        cookies=_cookies(cookies),
    )


def page_answer(answer: Answer | Redirect, public_url: str, brand: Brand = NO_BRAND) -> dict[str, Any]:
    """Return the proxy answer: the page in the product's dress with its headers, or a 303, which turns a POST into a GET."""
    if isinstance(answer, Redirect):
        headers, status, body = _NOT_KEPT | {"Location": answer.location}, 303, ""
    else:
        headers = page_headers(answer.page, https=public_url.startswith("https://"), brand=brand)
        status, body = _STATUS[answer.page.kind], branded(answer.page, brand).html
    return {
        "statusCode": status,
        "headers": headers,
        "multiValueHeaders": {"Set-Cookie": list(answer.cookies)} if answer.cookies else {},
        "body": body,
        "isBase64Encoded": False,
    }


def _body(event: Mapping[str, Any]) -> str:
    text = str(event.get("body") or "")[:_MAX_FORM]
    if not event.get("isBase64Encoded"):
        return text
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except binascii.Error:
        return ""


def _cookies(header: str) -> dict[str, str]:
    """Return the cookies by name; malformed ones of other pages do not hide ours, as http.cookies would let them."""
    pairs = (part.partition("=") for part in header.split(";"))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
