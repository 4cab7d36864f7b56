"""Create, list and end subscriptions; rotate their secrets; deliver again what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from causeway.errors import Conflict, NotFound
from causeway.subscriptions.addresses import checked_url
from causeway.subscriptions.notices import trial_notice
from causeway.subscriptions.ports import SubscriptionPorts
from causeway.subscriptions.signing import secret_of
from causeway.subscriptions.subscription import DEPLOYMENT, MAX_SUBSCRIPTIONS, Subscription


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The subscriptions of one tenant, or of the deployment (tenant "")."""

    ports: SubscriptionPorts

    def create(
        self, tenant: str, url: str, email: str, events: Sequence[str], signals: Sequence[str]
    ) -> tuple[Subscription, str]:
        """Save a subscription and return it with its secret ("" for mail, whose address is asked to confirm)."""
        owner = tenant or DEPLOYMENT
        if len(self.ports.store.list(owner)) >= MAX_SUBSCRIPTIONS:
            raise Conflict(f"There are {MAX_SUBSCRIPTIONS} subscriptions already.", "Delete one that is not needed.")
        if url:
            checked_url(url, self.ports.loopback)
        made = Subscription(
            id=self.ports.new_id()[:16],
            tenant=owner,
            events=tuple(dict.fromkeys(events)),
            url=url,
            email=email,
            signals=tuple(signals),
            created_at_ms=self.ports.now_ms(),
        )
        if email:
            made = replace(made, mail_subscription=self.ports.invite(made.id, email))
        self.ports.store.create(made)
        return made, secret_of(self.ports.key(), made) if url else ""

    def list(self, tenant: str) -> Sequence[Subscription]:
        """Return the subscriptions, oldest first."""
        return sorted(self.ports.store.list(tenant or DEPLOYMENT), key=lambda each: (each.created_at_ms, each.id))

    def delete(self, tenant: str, subscription_id: str) -> None:
        """End a subscription; raise NotFound when there is none."""
        found = self._found(tenant, subscription_id)
        if found.mail_subscription:
            self.ports.uninvite(found.mail_subscription)
        self.ports.store.delete(found.tenant, found.id)

    def rotate(self, tenant: str, subscription_id: str) -> tuple[Subscription, str]:
        """Give a webhook a new secret and return it; for a day the one before signs, too."""
        found = self._found(tenant, subscription_id)
        if not found.url:
            raise Conflict("Mail has no secret.", "Rotate the secret of a webhook.")
        after = replace(found, secret_version=found.secret_version + 1, rotated_at_ms=self.ports.now_ms())
        rotated = self._changed(found, after)
        return rotated, secret_of(self.ports.key(), rotated)

    def replay(self, tenant: str, subscription_id: str, since_ms: int) -> int:
        """
        Deliver again what was sent since a moment and what was given up, with what waits, also of a disabled subscription.

        Return how many are delivered again.
        """
        found = self._found(tenant, subscription_id)
        anew = replace(found, failing_since_ms=0, attempts=0, next_try_ms=0, tried_upto="", refused=0, last_refusal="")
        self._changed(found, replace(anew, disabled_because="", is_published=False))
        count = self.ports.notices.replay(found.id, since_ms, self.ports.now_ms())
        self.ports.later(found.tenant, found.id, 0)
        return count

    def test(self, tenant: str, subscription_id: str) -> str:
        """Send a notice of the kind `subscription.test`, and return its id; raise Conflict for a disabled subscription."""
        found = self._found(tenant, subscription_id)
        if not found.is_active:
            raise Conflict(
                "The subscription is disabled: nothing is sent to it.",
                "Send again what it missed: that makes it active.",
            )
        notice = trial_notice(found, self.ports.new_id(), self.ports.now_ms())
        self.ports.notices.add(found.id, notice)
        self.ports.later(found.tenant, found.id, 0)
        return notice.id

    def _changed(self, before: Subscription, after: Subscription) -> Subscription:
        """Save what a person asks for, unless another did meanwhile."""
        after = replace(after, revision=before.revision + 1)
        if not self.ports.store.change(before, after):
            raise Conflict("The subscription was changed or deleted meanwhile.", "Look at it again, then repeat this.")
        return after

    def _found(self, tenant: str, subscription_id: str) -> Subscription:
        found = self.ports.store.get(tenant or DEPLOYMENT, subscription_id)
        if found is None:
            raise NotFound("There is no such subscription.")
        return found
