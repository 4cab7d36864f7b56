"""Builds what subscriptions use."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from causeway.wiring.clients import aws, new_id, now_ms, quick_aws, settings
from causeway.wiring.messaging import publish_event

if TYPE_CHECKING:
    from causeway.gateways.aws.mail import NoticeMail
    from causeway.gateways.aws.webhooks import WebhookPoster
    from causeway.gateways.dynamodb.subscriptions.notices import NoticeTable
    from causeway.gateways.dynamodb.subscriptions.table import SubscriptionTable
    from causeway.subscriptions.ports import Answer, SubscriptionPorts

KEY_LIFE_MS = 5 * 60 * 1000


@cache
def _table() -> SubscriptionTable:
    from causeway.gateways.dynamodb.subscriptions.table import SubscriptionTable

    return SubscriptionTable(aws("dynamodb"), settings().config_table)


@cache
def _notices() -> NoticeTable:
    from causeway.gateways.dynamodb.subscriptions.notices import NoticeTable

    return NoticeTable(aws("dynamodb"), settings().config_table)


@cache
def _poster() -> WebhookPoster:
    from causeway.gateways.aws.webhooks import WebhookPoster

    return WebhookPoster(settings().loopback_origins)


@cache
def _mail() -> NoticeMail:
    from causeway.gateways.aws.mail import NoticeMail

    return NoticeMail(quick_aws("sns"), settings().notice_topic_arn)


def _mail_operators(subject: str, text: str) -> Answer:
    from causeway.gateways.aws.mail import published

    return published(quick_aws("sns"), settings().alarm_topic_arn, subject, text)


def webhook_key() -> bytes:
    """Return the key from which the secrets of webhooks are derived; a rotated one is used within five minutes."""
    return _webhook_key(now_ms() // KEY_LIFE_MS)


@lru_cache(maxsize=1)
def _webhook_key(period: int) -> bytes:
    answer = aws("secretsmanager").get_secret_value(SecretId=settings().webhook_secret_arn)
    return str(answer["SecretString"]).encode()


def deliver_later(tenant: str, subscription: str, delay_s: int) -> None:
    """Have a subscription delivered after some seconds, 15 minutes at most."""
    from causeway.gateways.aws.faults import passing_faults

    body = json.dumps({"deliver": {"tenant": tenant, "subscription": subscription}})
    with passing_faults("The queue of notices does not take messages at the moment."):
        aws("sqs").send_message(QueueUrl=settings().notice_queue_url, MessageBody=body, DelaySeconds=min(delay_s, 900))


def subscription_ports() -> SubscriptionPorts:
    """Return what subscriptions use."""
    from causeway.subscriptions.ports import SubscriptionPorts

    return SubscriptionPorts(
        store=_table(),
        notices=_notices(),
        key=webhook_key,
        post=lambda url, headers, body: _poster().post(url, headers, body),
        mail=lambda subscription, subject, text: _mail().send(subscription, subject, text),
        mail_operators=_mail_operators,
        invite=lambda subscription, address: _mail().invite(subscription, address),
        uninvite=lambda arn: _mail().uninvite(arn),
        later=deliver_later,
        publish=publish_event,
        now_ms=now_ms,
        new_id=new_id,
        loopback=settings().loopback_origins,
    )
