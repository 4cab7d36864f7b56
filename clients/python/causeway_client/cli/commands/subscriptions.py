"""`causeway subscriptions list | add | remove | rotate | replay`."""

from __future__ import annotations

from typing import Annotated

import typer

from causeway_client.cli.exits import Exit, Stop
from causeway_client.cli.session import Session, session_of
from causeway_client.generated.api import NewSubscription, ReplayRequest, SubscriptionRequest

Everywhere = Annotated[bool, typer.Option("--deployment", help="To the events of every tenant, not of one.")]
Id = Annotated[str, typer.Argument(help="The subscription's id of `subscriptions list`.")]

app = typer.Typer(no_args_is_help=True, help="Events to a URL as signed webhooks, or by mail.")


@app.command("list")
def list_subscriptions(context: typer.Context, deployment: Everywhere = False) -> None:
    """List where events go, and how that stands."""
    session = session_of(context)
    api = session.api
    found = api.list_deployment_subscriptions() if deployment else api.list_subscriptions(session.tenant)
    if session.out.as_json:
        session.out.document(found)
        return
    if not found.subscriptions:
        session.out.say("There is no subscription.")
        return
    rows = [
        (each.id, each.url or each.email, ", ".join(each.events), each.failing_since, each.disabled_because)
        for each in found.subscriptions
    ]
    session.out.table(("id", "to", "events", "failing since", "disabled because"), rows)


@app.command("add")
def add(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="An https URL for webhooks, or a mail address.")],
    event: Annotated[list[str], typer.Option(help="Which event, such as run.failed; may be repeated.")],
    signal: Annotated[list[str] | None, typer.Option(help="Of signal events, only this signal.")] = None,
    deployment: Everywhere = False,
) -> None:
    """Subscribe a URL or a mail address to events. The secret that verifies webhooks is shown now and never again."""
    session = session_of(context)
    place = {"url": to} if "://" in to else {"email": to}
    request = SubscriptionRequest.model_validate({**place, "events": event, "signals": signal or []})
    api = session.api
    made = (
        api.create_deployment_subscription(request) if deployment else api.create_subscription(session.tenant, request)
    )
    _show(session, made)


@app.command("remove")
def remove(context: typer.Context, subscription: Id, deployment: Everywhere = False) -> None:
    """End a subscription."""
    session = session_of(context)
    if deployment:
        session.api.delete_deployment_subscription(subscription)
    else:
        session.api.delete_subscription(session.tenant, subscription)
    _say(session, {"removed": subscription}, "The subscription has ended.")


@app.command("rotate")
def rotate_secret(context: typer.Context, subscription: Id, deployment: Everywhere = False) -> None:
    """Give a webhook a new secret; for a day the one before signs, too."""
    session = session_of(context)
    api = session.api
    made = api.rotate_deployment_secret(subscription) if deployment else api.rotate_secret(session.tenant, subscription)
    _show(session, made)


@app.command("replay")
def replay(
    context: typer.Context,
    subscription: Id,
    since: Annotated[str, typer.Option(help="A moment with its time zone, such as 2026-11-20T10:00:00Z.")],
    deployment: Everywhere = False,
) -> None:
    """Deliver again what was sent since a moment; a disabled subscription is active again."""
    session = session_of(context)
    if len(since) < len("2026-11-20T10:00:00Z"):
        raise Stop(Exit.USAGE, f"{since} is no moment with a time zone.", "Write it as 2026-11-20T10:00:00Z.")
    api, request = session.api, ReplayRequest(since=since)
    if deployment:
        found = api.replay_deployment_subscription(subscription, request)
    else:
        found = api.replay_subscription(session.tenant, subscription, request)
    _say(session, {"count": found.count}, f"{found.count:,} notices are delivered again.")


def _show(session: Session, made: NewSubscription) -> None:
    said = f"{made.url or made.email} gets {', '.join(made.events)}: subscription {made.id}."
    _say(session, made.model_dump(mode="json"), said)
    if made.secret and not session.out.as_json:
        session.out.say(f"Its secret, which is not shown again: {made.secret}")


def _say(session: Session, document: object, sentence: str) -> None:
    if session.out.as_json:
        session.out.document(document)
    else:
        session.out.say(sentence)
