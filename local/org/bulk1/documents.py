"""Documents of Bulk API 1.0: job descriptions, infos, lists and errors, in XML and JSON (Bulk API guide, Schema and Errors)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ..wire.messages import OrgError, Request, Response
from . import facts

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>'
JSON_TYPE, XML_TYPE, CSV_TYPE = (
    "application/json",
    "application/xml",
    "text/csv",
)  # without a charset, as clients compare them


def refusal(code_and_message: tuple[str, str], **values: object) -> OrgError:
    """Return a refusal with the API's own code; `error_document` leaves it as it is."""
    code, message = code_and_message
    return OrgError(code, message.format(**values))


def error_document(request: Request, error: OrgError) -> Response:
    """
    Answer a refusal as `exceptionCode` and `exceptionMessage`: XML, or JSON where the request's Content-Type is JSON.

    A session that is not valid answers 400, as every refusal of the request does; faults of the server keep their status.
    """
    code = facts.BULK1_ERROR_CODES.get(error.code) or _camel_case(error.code)
    message = facts.INVALID_SESSION if code == "InvalidSessionId" else error.message.removeprefix(f"{code} : ")
    answer = document("error", {"exceptionCode": code, "exceptionMessage": message}, as_json=speaks_json(request))
    answer.status = error.status if error.status >= 500 else 400
    return answer


def speaks_json(request: Request) -> bool:
    """Say whether a request's Content-Type asks for JSON about jobs (same guide, Content Type header)."""
    return request.headers.get("content-type", "").lower().startswith(JSON_TYPE)


def document(name: str, members: Mapping[str, Any], *, as_json: bool) -> Response:
    """Answer one document; XML leaves out what is null."""
    if as_json:
        return Response(200, json.dumps(members).encode(), content_type=JSON_TYPE)
    body = f'{PROLOGUE}<{name} xmlns="{NAMESPACE}">{xml_members(members)}</{name}>'
    return Response(200, body.encode(), content_type=XML_TYPE)


def xml_members(members: Mapping[str, Any]) -> str:
    """Return members as elements; a list repeats its element."""
    return "".join(_element(name, value) for name, value in members.items())


def _element(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, Mapping):
        return f"<{name}>{xml_members(value)}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{text}</{name}>"


def job_description(request: Request) -> dict[str, Any]:
    """Return the members of a jobInfo document; raise InvalidJob where it cannot be read."""
    try:
        if speaks_json(request):
            members = json.loads(request.body)
        else:
            members = {local_name(each): (each.text or "").strip() for each in parsed_xml(request.body)}
    except (ValueError, ElementTree.ParseError) as error:
        raise refusal(facts.UNPARSED_JOB) from error
    if not isinstance(members, dict):
        raise refusal(facts.UNPARSED_JOB)
    return members


def parsed_xml(body: bytes) -> ElementTree.Element:
    """Return the root of a document; raise ParseError, also for one that declares entities, which no client needs."""
    if b"<!DOCTYPE" in body:
        raise ElementTree.ParseError("a document type is not allowed")
    return ElementTree.fromstring(body)


def local_name(element: ElementTree.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _camel_case(code: str) -> str:
    """Return a REST code in the API's spelling, such as ServerUnavailable; what is spelt so already stays."""
    return code if "_" not in code and not code.isupper() else "".join(word.capitalize() for word in code.split("_"))
