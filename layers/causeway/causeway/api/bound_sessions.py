"""What a session may do that is bound to one source: it is for that source's panel in a product's page."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from causeway.errors import Forbidden

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


class Within(StrEnum):
    """Whether a route may be used by a session of one source, and where it says which source it is about."""

    NEVER = "never"
    ANY = "any"
    """It is about no source: the org's fields, the connection."""
    LISTED = "listed"
    """It lists what has a source; the handler leaves out the others."""
    PATH = "path"
    QUERY = "query"
    BODY = "body"
    SYNC = "sync"
    """Its path names a sync, which has a source; a body that names another is refused too."""


class Asked(Protocol):
    """The checked parts of a request: see routing.Call."""

    @property
    def tenant(self) -> str: ...
    @property
    def path(self) -> Mapping[str, str]: ...
    @property
    def query(self) -> Any: ...
    @property
    def body(self) -> Any: ...


def check_source(within: Within, source: str, asked: Asked, use: UseCases) -> None:
    """Raise Forbidden for a request about another source than the session's; NotFound for a sync that is not there."""
    named: list[str | None] = []
    if within is Within.PATH:
        named.append(asked.path["source"])
    elif within is Within.QUERY:
        named.append(asked.query.source)
    elif within is Within.SYNC:
        named.append(use.syncs.get(asked.tenant, asked.path["sync"]).source)
    elif within is Within.BODY:
        named += [_source_in(asked.body), *_source_of_same_id(asked, use)]
    elif within is Within.NEVER:
        named.append(None)
    if within is Within.SYNC and (in_body := _source_in(asked.body)) is not None:
        named.append(in_body)
    if any(each != source for each in named):
        raise Forbidden("This session is for another source.")


def _source_of_same_id(asked: Asked, use: UseCases) -> list[str]:
    """Return the source of the saved sync whose id a draft carries: its rules would fill what the draft leaves out."""
    sync_id = getattr(asked.body, "id", None) or getattr(getattr(asked.body, "sync", None), "id", None)
    return [sync.source for sync in use.syncs.list(asked.tenant) if sync.id == sync_id]


def _source_in(body: Any) -> str | None:
    """Return the source that a body names, in itself or in the draft of a sync that it carries."""
    for part in (body, getattr(body, "sync", None)):
        found = getattr(part, "source", None)
        if found is not None:
            return str(found)
    return None
