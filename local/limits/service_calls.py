"""One call of an AWS service by the JSON protocol, as behaviours see it: its action, its body, and the emulator's own answer."""

from __future__ import annotations

import json
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple, Protocol

JSON = "application/x-amz-json-1.0"

Body = Mapping[str, Any]


class Answer(NamedTuple):
    """A status, headers and JSON, as the emulator's handlers return them."""

    status: int
    headers: dict[str, Any]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        """Return what the content says."""
        found: dict[str, Any] = json.loads(self.content or b"{}")
        return found

    def with_body(self, body: Body) -> Answer:
        """Return the same answer with another content; DynamoDB's checksum is checked by its clients."""
        content = json.dumps(body).encode()
        checksum = {"x-amz-crc32": str(zlib.crc32(content))} if "x-amz-crc32" in self.headers else {}
        return Answer(self.status, {**self.headers, **checksum}, content)


class Emulated(Protocol):
    """Asks the emulator itself, for the caller's action or another."""

    def __call__(self, action: str, body: Body) -> Awaitable[Answer]:
        """Return its answer."""
        ...


class Behaviour(Protocol):
    """Stands before one service."""

    async def answer(self, action: str, body: Body, emulated: Emulated) -> Answer:
        """Return what AWS might answer."""
        ...


Handler = Callable[[str, str, dict[str, Any], bytes, Any], Awaitable[tuple[int, dict[str, Any], bytes | str]]]


def success(body: Body) -> Answer:
    """Return a good answer of the JSON protocol."""
    return Answer(200, {"Content-Type": JSON}, json.dumps(body).encode())


def refusal(code: str, message: str, **more: Any) -> Answer:
    """Return an error of the JSON protocol; AWS's clients read the code behind the last sign #."""
    content = json.dumps({"__type": code, "message": message, **more}).encode()
    return Answer(400, {"Content-Type": JSON}, content)


def in_front(behaviour: Behaviour, handler: Handler) -> Handler:
    """Return a handler that asks the behaviour first; what is no call of the JSON protocol goes past it."""

    async def handle(method: str, path: str, headers: dict[str, Any], content: bytes, query: Any) -> Any:
        service, _, asked = str(headers.get("x-amz-target", "")).rpartition(".")
        if not asked:
            return await handler(method, path, headers, content, query)

        async def emulated(action: str, body: Body) -> Answer:
            target = {**headers, "x-amz-target": f"{service}.{action}"}
            status, answered, given = await handler(method, path, target, json.dumps(body).encode(), query)
            return Answer(status, answered, given.encode() if isinstance(given, str) else given)

        return tuple(await behaviour.answer(asked, json.loads(content or b"{}"), emulated))

    return handle
