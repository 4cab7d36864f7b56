"""The notices function with its example events: an event is kept, the queue wakes the function, the receiver gets a signed post."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from causeway.subscriptions.delivering import deliver, take_event
from causeway.subscriptions.management import Subscriptions
from causeway.subscriptions.ports import Answer, SubscriptionPorts
from causeway.wiring import clients, subscriptions
from moto import mock_aws
from standardwebhooks.webhooks import Webhook

from tests.support.api.factories import CONFIG_TABLE, REGION, a_config_table

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> Iterator[SubscriptionPorts]:
    """Give the real ports over moto."""
    with mock_aws():
        a_config_table()
        keys: dict[str, Any] = {"region_name": REGION, "aws_access_key_id": "test", "aws_secret_access_key": "test"}
        secret = boto3.client("secretsmanager", **keys).create_secret(Name="webhooks", SecretString="the key")["ARN"]
        queue = boto3.client("sqs", **keys).create_queue(QueueName="notices")["QueueUrl"]
        topic = boto3.client("sns", **keys).create_topic(Name="mail")["TopicArn"]
        environment = {
            "CONFIG_TABLE": CONFIG_TABLE,
            "WEBHOOK_SECRET_ARN": secret,
            "NOTICE_QUEUE_URL": queue,
            "NOTICE_TOPIC_ARN": topic,
        }
        for name, value in {
            **environment,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }.items():
            monkeypatch.setenv(name, value)
        cached: tuple[Any, ...] = (
            clients.settings,
            clients.aws,
            clients.quick_aws,
            subscriptions._table,
            subscriptions._notices,
        )
        cached += (subscriptions._poster, subscriptions._mail)
        for each in cached:
            each.cache_clear()
        subscriptions._webhook_key.cache_clear()
        yield subscriptions.subscription_ports()
        for each in cached:
            each.cache_clear()
        subscriptions._webhook_key.cache_clear()


def example(name: str) -> dict[str, Any]:
    record = json.loads((ROOT / "events" / "notices" / name).read_text())["Records"][0]
    found: dict[str, Any] = json.loads(record["body"])
    return found


def test_the_example_event_reaches_its_subscriber_signed(ports: SubscriptionPorts) -> None:
    made, secret = Subscriptions(ports).create("acme", "https://hooks.example.com/", "", ["signal.matched"], [])
    take_event(example("a_signal_fired.json"), ports)
    (message,) = clients.aws("sqs").receive_message(QueueUrl=clients.settings().notice_queue_url)["Messages"]
    assert json.loads(message["Body"]) == {"deliver": {"tenant": "acme", "subscription": made.id}}
    assert example("a_subscription_is_due.json").keys() == json.loads(message["Body"]).keys()
    posts: list[tuple[dict[str, str], str]] = []

    def post(url: str, headers: Any, body: str) -> Answer:
        posts.append((dict(headers), body))
        return Answer(200)

    deliver("acme", made.id, replace(ports, post=post), lambda: True)
    ((headers, body),) = posts
    assert Webhook(secret).verify(body, headers)["data"]["signal"] == "big_account"
    assert ports.notices.pending(made.id, "", 9) == []


def test_mail_is_confirmed_by_its_address_and_filtered_by_subscription(ports: SubscriptionPorts) -> None:
    made, _ = Subscriptions(ports).create("acme", "", "ada@example.com", ["run.failed"], [])
    sns = clients.aws("sns")
    (listed,) = sns.list_subscriptions()["Subscriptions"]
    assert (listed["Endpoint"], listed["Protocol"]) == ("ada@example.com", "email")
    attributes = sns.get_subscription_attributes(SubscriptionArn=made.mail_subscription)["Attributes"]
    assert json.loads(attributes["FilterPolicy"]) == {"subscription": [made.id]}
    assert ports.mail(made.id, "Causeway: rün", "{}").status == 200
    Subscriptions(ports).delete("acme", made.id)
    assert sns.list_subscriptions()["Subscriptions"] == []
