"""Changes in seconds on the deployed stack: the relay is set up, a person's change arrives without a schedule, and the relay is removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.demo.connecting import connect
from local.demo.stack_client import StackClient
from tests.campaigns.relay import RULE, Person, Received

pytestmark = pytest.mark.stack

TENANT = "relayed"
PATIENCE_S = 120.0  # a busy machine; tests/campaigns/relay.py measures


@pytest.fixture(scope="module")
def client(stack: dict[str, Any]) -> StackClient:
    """Return a client whose tenant is connected, and has a sync that is due once a day."""
    made = StackClient(stack)
    connect(made, TENANT)
    made.call("POST", f"/v1/tenants/{TENANT}/syncs", RULE)
    return made


@pytest.fixture(scope="module")
def relay(client: StackClient) -> Iterator[dict[str, Any]]:
    """Set the relay up and return how it stands; remove it at the end."""
    yield client.call("POST", f"/v1/tenants/{TENANT}/relay")
    client.call("DELETE", f"/v1/tenants/{TENANT}/relay")
    assert client.call("GET", f"/v1/tenants/{TENANT}/relay")["state"] == "off"


def test_one_call_sets_the_relay_up_in_the_org_and_in_aws(
    relay: dict[str, Any], stack: dict[str, Any], aws: Callable[[str], Any]
) -> None:
    assert (relay["state"], relay["sobjects"]) == ("running", ["Contact"])
    (rule,) = aws("events").list_rules(EventBusName=relay["source"])["Rules"]
    targets = aws("events").list_targets_by_rule(Rule=rule["Name"], EventBusName=relay["source"])["Targets"]
    queue = aws("sqs").get_queue_attributes(QueueUrl=stack["relay_queue_url"], AttributeNames=["QueueArn"])
    assert [target["Arn"] for target in targets] == [queue["Attributes"]["QueueArn"]]


def test_a_change_of_a_person_arrives_although_the_sync_is_due_once_a_day(
    relay: dict[str, Any], client: StackClient
) -> None:
    person, received = Person(client), Received(client)
    (record,) = person.create(1)
    with received.reading():
        person.retitle(record, "Dr")
        assert received.wait_for({record: "Dr"}, PATIENCE_S) == []
    heard = client.call("GET", f"/v1/tenants/{TENANT}/relay")["last_heard_at"]
    assert heard is not None
    assert heard[:10] == time.strftime("%Y-%m-%d", time.gmtime())
