"""Builds the queues and the event bus, each once per execution environment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from causeway.wiring.clients import aws, settings

if TYPE_CHECKING:
    from causeway.gateways.aws.events import EventBus
    from causeway.gateways.aws.pull_queues import PullQueues
    from causeway.gateways.aws.queues import MessageQueue


@cache
def push_queue() -> MessageQueue:
    """Return the queue of incoming changes."""
    from causeway.gateways.aws.queues import MessageQueue

    return MessageQueue(aws("sqs"), settings().push_queue_url)


@cache
def outbound_queue() -> MessageQueue:
    """Return the queue of outcomes and pages for the product."""
    from causeway.gateways.aws.queues import MessageQueue

    return MessageQueue(aws("sqs"), settings().outbound_queue_url)


@cache
def pull_queues() -> PullQueues:
    """Return the queue of pull jobs together with the outbound queue."""
    from causeway.gateways.aws.pull_queues import PullQueues

    return PullQueues(outbound_queue(), aws("sqs"), settings().pull_queue_url)


@cache
def event_bus() -> EventBus:
    """Return the deployment's event bus."""
    from causeway.gateways.aws.events import EventBus

    return EventBus(aws("events"), settings().event_bus)


def publish_event(kind: str, detail: Mapping[str, Any]) -> None:
    """Publish one event; the client of the bus is built at the first one."""
    event_bus().publish(kind, detail)
