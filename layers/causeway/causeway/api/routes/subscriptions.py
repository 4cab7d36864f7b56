"""Events to subscribers: subscriptions of a tenant, and of the whole deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from causeway.api.bodies.subscriptions import (
    NewSubscription,
    Replayed,
    ReplayRequest,
    SubscriptionLine,
    SubscriptionList,
    SubscriptionRequest,
    Tested,
)
from causeway.api.routing import Call, Handler, Route, Scope
from causeway.connections.access.roles import Role
from causeway.contract.reading.moments import moment_ms
from causeway.errors import InvalidRequest
from causeway.salesforce.values.dates import rfc3339
from causeway.subscriptions.subscription import Subscription

if TYPE_CHECKING:
    from causeway.wiring.api import UseCases


def list_subscriptions(call: Call, use: UseCases) -> SubscriptionList:
    """List the subscriptions to events."""
    return SubscriptionList(subscriptions=[_line(each) for each in use.subscriptions.list(call.tenant)])


def create_subscription(call: Call, use: UseCases) -> NewSubscription:
    """Subscribe a URL or a mail address to events; the answer alone shows the secret."""
    body: SubscriptionRequest = call.body
    made, secret = use.subscriptions.create(call.tenant, body.url or "", body.email or "", body.events, body.signals)
    return _new(made, secret)


def delete_subscription(call: Call, use: UseCases) -> None:
    """End a subscription."""
    use.subscriptions.delete(call.tenant, call.path["subscription"])


def rotate_secret(call: Call, use: UseCases) -> NewSubscription:
    """Give a webhook a new secret; for a day the one before signs, too."""
    return _new(*use.subscriptions.rotate(call.tenant, call.path["subscription"]))


def replay_subscription(call: Call, use: UseCases) -> Replayed:
    """Deliver again what was sent since a moment and what was given up; a disabled subscription is active again."""
    since_ms = moment_ms(call.body.since)
    if since_ms is None:
        raise InvalidRequest("`since` is no moment.", "Send RFC 3339 with a time zone.", fields=("since",))
    return Replayed(count=use.subscriptions.replay(call.tenant, call.path["subscription"], since_ms))


def try_subscription(call: Call, use: UseCases) -> Tested:
    """Send the event `subscription.test` to a subscription, whatever events it is to."""
    return Tested(id=use.subscriptions.test(call.tenant, call.path["subscription"]))


def _line(each: Subscription) -> SubscriptionLine:
    return SubscriptionLine(
        id=each.id,
        url=each.url or None,
        email=each.email or None,
        events=list(each.events),
        signals=list(each.signals),
        created_at=rfc3339(each.created_at_ms),
        failing_since=rfc3339(each.failing_since_ms) if each.failing_since_ms else None,
        disabled_because=each.disabled_because or None,
        refused=each.refused,
        last_refusal=each.last_refusal or None,
    )


def _new(made: Subscription, secret: str) -> NewSubscription:
    return NewSubscription(**_line(made).model_dump(), secret=secret or None)


def list_deployment_subscriptions(call: Call, use: UseCases) -> SubscriptionList:
    """List the deployment's subscriptions, which are to the events of every tenant."""
    return list_subscriptions(call, use)


def create_deployment_subscription(call: Call, use: UseCases) -> NewSubscription:
    """Subscribe a URL or a mail address to the events of every tenant; the answer alone shows the secret."""
    return create_subscription(call, use)


def delete_deployment_subscription(call: Call, use: UseCases) -> None:
    """End a subscription of the deployment."""
    delete_subscription(call, use)


def rotate_deployment_secret(call: Call, use: UseCases) -> NewSubscription:
    """Give a webhook of the deployment a new secret; for a day the one before signs, too."""
    return rotate_secret(call, use)


def replay_deployment_subscription(call: Call, use: UseCases) -> Replayed:
    """Deliver again what a subscription of the deployment was sent since a moment."""
    return replay_subscription(call, use)


def try_deployment_subscription(call: Call, use: UseCases) -> Tested:
    """Send the event `subscription.test` to a subscription of the deployment."""
    return try_subscription(call, use)


type Handlers = tuple[Handler, Handler, Handler, Handler, Handler, Handler]


def _routes(scope: Scope, least: Role | None, handlers: Handlers) -> Iterator[Route]:
    one, patterns = "subscriptions/{subscription}", {"subscription": r"[0-9a-f]{16}"}
    listing, create, delete, rotate, replay, trying = handlers
    shared: dict[str, Any] = {"least": least, "scope": scope}
    yield Route("GET", "subscriptions", listing, answers=SubscriptionList, **shared)
    shaped: dict[str, Any] = {"body": SubscriptionRequest, "answers": NewSubscription, "status": 201}
    yield Route("POST", "subscriptions", create, **shaped, **shared)
    yield Route("DELETE", one, delete, status=204, patterns=patterns, **shared)
    yield Route("POST", f"{one}/rotate-secret", rotate, answers=NewSubscription, patterns=patterns, **shared)
    shaped = {"body": ReplayRequest, "answers": Replayed, "status": 202}
    yield Route("POST", f"{one}/replay", replay, patterns=patterns, **shaped, **shared)
    yield Route("POST", f"{one}/test", trying, answers=Tested, status=202, patterns=patterns, **shared)


OF_TENANT = (
    list_subscriptions,
    create_subscription,
    delete_subscription,
    rotate_secret,
    replay_subscription,
    try_subscription,
)
OF_DEPLOYMENT = (
    list_deployment_subscriptions,
    create_deployment_subscription,
    delete_deployment_subscription,
    rotate_deployment_secret,
    replay_deployment_subscription,
    try_deployment_subscription,
)
ROUTES = (*_routes(Scope.TENANT, Role.INTEGRATOR, OF_TENANT), *_routes(Scope.DEPLOYMENT, None, OF_DEPLOYMENT))
