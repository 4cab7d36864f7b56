"""The bus of a partner event source, and the one rule on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from causeway.errors import Conflict, StoreUnavailable
from causeway.gateways.aws.eventbridge.partner_sources import PartnerSources

SOURCE = "aws.partner/salesforce.com/00D8qlF00000001ECA/0YL000000000001AAA"
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:causeway-RelayQueue"


@dataclass
class Events:
    """EventBridge: answers each call, or fails it with a code."""

    fails: dict[str, str] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Any:
        def call(**given: Any) -> dict[str, Any]:
            self.calls.append((operation, given))
            if operation in self.fails:
                error: Any = {"Code": self.fails[operation], "Message": "no"}
                raise ClientError({"Error": error}, operation)
            return {}

        return call


def test_a_source_gets_a_bus_of_its_name_and_a_rule_to_the_queue() -> None:
    events = Events()
    assert PartnerSources(events, QUEUE).associate(SOURCE)
    (_, bus), (_, rule), (_, targets) = events.calls
    assert bus == {"Name": SOURCE, "EventSourceName": SOURCE}
    assert (rule["EventBusName"], json.loads(rule["EventPattern"])) == (SOURCE, {"source": [SOURCE]})
    assert (targets["Rule"], targets["Targets"]) == (rule["Name"], [{"Id": "relay", "Arn": QUEUE}])


def test_a_bus_that_is_there_is_used() -> None:
    assert PartnerSources(Events({"create_event_bus": "ResourceAlreadyExistsException"}), QUEUE).associate(SOURCE)


def test_a_source_that_aws_does_not_know_yet_waits() -> None:
    events = Events({"create_event_bus": "ResourceNotFoundException"})
    assert not PartnerSources(events, QUEUE).associate(SOURCE)
    assert len(events.calls) == 1


def test_the_limit_of_buses_is_said_in_a_sentence() -> None:
    with pytest.raises(Conflict, match="no room for another event bus"):
        PartnerSources(Events({"create_event_bus": "LimitExceededException"}), QUEUE).associate(SOURCE)


def test_passing_faults_are_tried_again_and_others_are_the_deployments() -> None:
    with pytest.raises(StoreUnavailable):
        PartnerSources(Events({"put_targets": "ThrottlingException"}), QUEUE).associate(SOURCE)
    with pytest.raises(ClientError):
        PartnerSources(Events({"create_event_bus": "AccessDeniedException"}), QUEUE).associate(SOURCE)


def test_what_is_gone_already_is_removed() -> None:
    gone = {"remove_targets": "ResourceNotFoundException", "delete_rule": "ResourceNotFoundException"}
    assert PartnerSources(Events(gone), QUEUE).dissociate(SOURCE)


def test_a_bus_with_rules_of_others_stays() -> None:
    assert not PartnerSources(Events({"delete_event_bus": "ValidationException"}), QUEUE).dissociate(SOURCE)
    with pytest.raises(ClientError):
        PartnerSources(Events({"delete_event_bus": "AccessDeniedException"}), QUEUE).dissociate(SOURCE)


def test_two_stacks_have_rules_of_their_own() -> None:
    first, second = Events(), Events()
    PartnerSources(first, QUEUE).associate(SOURCE)
    PartnerSources(second, f"{QUEUE}-2").associate(SOURCE)
    assert first.calls[1][1]["Name"] != second.calls[1][1]["Name"]
