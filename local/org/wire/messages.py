"""The simulated org's request, response and error, free of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Never


class OrgError(Exception):
    """A refusal in Salesforce's REST shape: HTTP status, `errorCode`, message, field names."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 400,
        fields: list[str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.fields, self.extra = fields, extra or {}

    def body(self) -> list[dict[str, Any]]:
        """Return the REST error array; `fields` only where Salesforce sends it."""
        item: dict[str, Any] = {**self.extra, "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            item["fields"] = self.fields
        return [item]


@dataclass(slots=True)
class Request:
    """One HTTP request: decoded path, single-valued query, lower-case header names, ungzipped body."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the parsed body; raise JSON_PARSER_ERROR as the REST API does."""
        if not self.body:
            raise OrgError(
                "JSON_PARSER_ERROR", "The HTTP entity body is required, but this request has no entity body."
            )
        try:
            return json.loads(self.body, parse_constant=_no_number)
        except json.JSONDecodeError as error:
            raise OrgError("JSON_PARSER_ERROR", _unexpected(error)) from error
        except UnicodeDecodeError as error:
            raise OrgError("JSON_PARSER_ERROR", "Invalid UTF-8: the body is not text in that encoding.") from error
        except (ValueError, RecursionError) as error:
            raise OrgError(
                "JSON_PARSER_ERROR", "Unexpected character: the body is not JSON that can be read."
            ) from error


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is no JSON")


def _unexpected(error: json.JSONDecodeError) -> str:
    """Return the parser's words for what it met where; line and column count from 1."""
    place = f"at [line:{error.lineno}, column:{error.colno}]"
    found = error.doc[error.pos : error.pos + 1]
    return (
        f"Unexpected character ('{found}' (code {ord(found)})) {place}" if found else f"Unexpected end-of-input {place}"
    )


@dataclass(slots=True)
class Response:
    """One HTTP response: `body` is JSON-able, or bytes/str sent as they are with `content_type`."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json;charset=UTF-8"
