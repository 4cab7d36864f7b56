"""One record of the product, as Causeway remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from causeway.api.bodies.shared import Answer
from causeway.api.routing import Call, Route
from causeway.connections.access.roles import Role
from causeway.contract.names import SOURCE

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


class Record(Answer):
    """Its Salesforce Ids by sObject, the last outcome by sync, and account and owner data."""

    source: str
    key: str
    links: dict[str, str]
    outcomes: dict[str, dict[str, Any]]
    data: dict[str, Any]


def read_record(call: Call, use: UseCases) -> Record:
    """Read what is known of one record: links, last outcomes, account and owner data."""
    return Record.model_validate(use.record(call.tenant, call.path["source"], call.path["key"]))


ROUTES = (
    Route(
        "GET",
        "records/{source}/{key+}",
        read_record,
        least=Role.VIEWER,
        answers=Record,
        patterns={"source": SOURCE},
    ),
)
