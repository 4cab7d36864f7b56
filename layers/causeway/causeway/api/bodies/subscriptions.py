"""The shapes of subscriptions: which events go where, and how that stands."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from causeway.api.bodies.shared import Answer
from causeway.contract.names import Strict
from causeway.subscriptions.subscription import EventKind

EMAIL = r"^[^@\s]{1,64}@[^@\s]{1,255}$"


class SubscriptionRequest(Strict):
    """
    Where to send which events: a `url` gets webhooks, an `email` mails. `signals` limits signal events to these names.
    """

    url: str | None = Field(default=None, min_length=1, max_length=2_048)
    email: str | None = Field(default=None, pattern=EMAIL)
    events: list[EventKind] = Field(min_length=1, max_length=20)
    signals: list[Annotated[str, StringConstraints(min_length=1, max_length=128)]] = Field(
        default_factory=list, max_length=50
    )

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if bool(self.url) == bool(self.email):
            raise ValueError("a subscription needs either url or email")
        return self


class SubscriptionLine(Answer):
    """
    A subscription; `failing_since` is null when all is well, and `disabled_because` while it is active.

    `refused` counts the notices that were given up since the last replay, and `last_refusal` says which was the last one and why.
    """

    id: str
    url: str | None
    email: str | None
    events: list[str]
    signals: list[str]
    created_at: str
    failing_since: str | None
    disabled_because: str | None
    refused: int
    last_refusal: str | None


class NewSubscription(SubscriptionLine):
    """A subscription with the secret that verifies its webhooks; it is shown now and never again. Null for mail."""

    secret: str | None


class SubscriptionList(Answer):
    """The subscriptions, oldest first."""

    subscriptions: list[SubscriptionLine]


class ReplayRequest(Strict):
    """Deliver again what was sent since this moment (RFC 3339 with a time zone), at most seven days ago."""

    since: str = Field(min_length=20, max_length=40)


class Replayed(Answer):
    """How many notices are delivered again: those that were sent since then, and those that were given up."""

    count: int


class Tested(Answer):
    """The test that is on its way: its id is the `webhook-id` of the delivery."""

    id: str
