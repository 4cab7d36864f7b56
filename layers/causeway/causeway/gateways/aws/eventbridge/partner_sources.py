"""
Partner event sources: each gets a bus of its own name, with one rule that sends every event to the relay's queue.

A bus of a partner event source must bear the source's name (EventBridge API reference, CreateEventBus); an account has 100 buses
by default. A bus that has rules cannot be deleted.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from causeway.errors import Conflict
from causeway.gateways.aws.faults import passing_faults

UNKNOWN = "ResourceNotFoundException"
_NOT_NOW = "EventBridge does not answer at the moment."


class PartnerSources:
    """The partner event sources of the deployment's account and region."""

    def __init__(self, client: Any, queue_arn: str) -> None:
        self._client, self._queue_arn = client, queue_arn
        self._rule = f"causeway-{sha256(queue_arn.encode()).hexdigest()[:12]}"  # other stacks have rules of their own

    def associate(self, source: str) -> bool:
        """Give a source its bus, and let the bus send to the queue; return False when AWS does not know the source (yet)."""
        if not self._has_bus(source):
            return False
        pattern = json.dumps({"source": [source]})
        with passing_faults(_NOT_NOW):
            self._client.put_rule(
                Name=self._rule,
                EventBusName=source,
                EventPattern=pattern,
                Description="Change events of a Salesforce org, for Causeway",
            )
            targets = [{"Id": "relay", "Arn": self._queue_arn}]
            self._client.put_targets(Rule=self._rule, EventBusName=source, Targets=targets)
        return True

    def dissociate(self, source: str) -> bool:
        """Let the bus send to the queue no more, and remove it; return False when it has rules of others."""
        for call, given in (
            (self._client.remove_targets, {"Rule": self._rule, "EventBusName": source, "Ids": ["relay"]}),
            (self._client.delete_rule, {"Name": self._rule, "EventBusName": source}),
            (self._client.delete_event_bus, {"Name": source}),
        ):
            try:
                with passing_faults(_NOT_NOW):
                    call(**given)
            except ClientError as error:
                if _code(error) != UNKNOWN:
                    return _raise_unless_in_use(error)
        return True

    def _has_bus(self, source: str) -> bool:
        try:
            with passing_faults(_NOT_NOW):
                self._client.create_event_bus(Name=source, EventSourceName=source)
        except ClientError as error:
            if _code(error) == "LimitExceededException":
                raise Conflict(
                    "The AWS account has no room for another event bus.",
                    "Ask AWS for more (Service Quotas → EventBridge → Event buses), then set the relay up again.",
                ) from error
            if _code(error) not in (UNKNOWN, "ResourceAlreadyExistsException"):
                raise
            return _code(error) != UNKNOWN
        return True


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def _raise_unless_in_use(error: ClientError) -> bool:
    """Return False for a bus that has other rules; raise the error for anything else."""
    if _code(error) != "ValidationException":
        raise error
    return False
