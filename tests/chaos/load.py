"""The changes that are sent: people of several tenants, each with several partial changes under one or two keys, out of order."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

TENANTS = ("amber", "birch", "cedar", "delta")
SOURCE = "lead"
SYNCS = {"lead-contact": "Contact", "lead-lead": "Lead"}
FIELDS = {"first_name": "FirstName", "phone": "Phone", "title": "Title"}
CHANGES_PER_PERSON = 5
SPREAD = 0.1  # how far the changes of one person lie apart, as a share of the load
MOST_PER_MESSAGE = 100
HOUR_MS = 3_600_000
type OutcomeKey = tuple[str, str, str]  # run, key, sync: what one outcome is about
_RULES = {"create_when_missing": True, "create_unless": "never", "on_duplicate": "save"}


@dataclass(frozen=True, slots=True)
class Sent:
    """One change as sent: its person, its key, when it happened (epoch ms; no two of one person at once), its varying fields."""

    tenant: str
    person: str
    key: str
    at_ms: int
    email: str | None
    fields: dict[str, str]

    def body(self) -> dict[str, Any]:
        """Return the change as a push message carries it."""
        always = {"last_name": self.person, "company": f"Company of {self.person}"}
        email = {"email": self.email} if self.email else {}
        moment = datetime.fromtimestamp(self.at_ms / 1000, UTC).isoformat(timespec="milliseconds")
        return {"key": self.key, "occurred_at": moment, "fields": {**always, **email, **self.fields}}


@dataclass(slots=True)
class Message:
    """One push message; its run id names it in the outcomes. No key stands in it twice."""

    run: str
    tenant: str
    changes: list[Sent] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        """Return the message as it is sent."""
        changes = [change.body() for change in self.changes]
        return {"version": 1, "tenant": self.tenant, "source": SOURCE, "run": self.run, "changes": changes}

    def awaited(self) -> Iterator[tuple[OutcomeKey, Sent]]:
        """Yield what must be published of it, with the change that it is about."""
        for change in self.changes:
            for sync in SYNCS:
                yield (self.run, change.key, sync), change


def syncs() -> list[dict[str, Any]]:
    """Return the two syncs of every tenant: each person becomes a Contact and a Lead."""
    rows = {**FIELDS, "last_name": "LastName"}
    return [
        _sync("lead-contact", 1, rows),
        _sync("lead-lead", 2, {**rows, "company": "Company"}),
    ]


def _sync(sync_id: str, position: int, rows: dict[str, str]) -> dict[str, Any]:
    return {
        "id": sync_id,
        "source": SOURCE,
        "sobject": SYNCS[sync_id],
        "direction": "push",
        "enabled": True,
        "position": position,
        "push": _RULES,
        "mappings": [{"product": product, "salesforce": target} for product, target in rows.items()],
    }


def load(
    changes: int, seed: int, now_ms: int, tenants: Sequence[str] = TENANTS, without_email: float = 0.0
) -> list[Message]:
    """
    Return messages with so many changes in all, in the order of sending; another seed gives other people and keys.

    `without_email` is the share of changes that name no e-mail, of those people who have a single key.
    """
    chance = random.Random(seed)
    messages: list[Message] = []
    for number, tenant in enumerate(tenants):
        share = changes // len(tenants) + (number < changes % len(tenants))
        messages += _packed(
            tenant,
            _of_tenant(f"{tenant}-{seed}", tenant, share, without_email, chance, now_ms),
            f"chaos-{seed}-{tenant}",
            chance,
        )
    chance.shuffle(messages)
    return messages


def _of_tenant(
    names: str, tenant: str, changes: int, without_email: float, chance: random.Random, now_ms: int
) -> list[Sent]:
    """Return one tenant's changes in the order of sending; one in twenty is sent twice, as a careful product does."""
    placed: list[tuple[float, Sent]] = []
    number = 0
    while len(placed) < changes:
        number += 1
        for sent in _of_person(f"{names}-{number}", tenant, without_email, chance, now_ms):
            for _ in range(2 if chance.random() < 0.05 else 1):
                placed.append((len(placed) / changes + SPREAD * chance.random(), sent))
    return [sent for _, sent in sorted(placed, key=lambda item: item[0])[:changes]]


def _of_person(name: str, tenant: str, without_email: float, chance: random.Random, now_ms: int) -> Iterator[Sent]:
    """Yield a person's changes; e-mails come in either case."""
    key = name.removeprefix(f"{tenant}-")  # the same in every tenant
    keys = [key, f"other-{key}"] if chance.random() < 0.5 else [key]
    size = chance.randint(1, 2 * CHANGES_PER_PERSON - 1)
    for at_ms in chance.sample(range(now_ms - HOUR_MS, now_ms), size):
        email = f"{name}@example.com" if chance.random() < 0.8 else f"{name.upper()}@Example.COM"
        known = email if len(keys) > 1 or chance.random() >= without_email else None
        varying = {product: f"{product}-{at_ms}" for product in FIELDS if chance.random() < 0.6}
        yield Sent(tenant, name, chance.choice(keys), at_ms, known, varying or {"phone": f"phone-{at_ms}"})


def _packed(tenant: str, changes: Sequence[Sent], runs: str, chance: random.Random) -> list[Message]:
    """Return the changes in messages of one to a hundred, no key twice in one: a second one goes into a later message."""
    messages: list[Message] = []
    waiting = list(changes)
    while waiting:
        message = Message(f"{runs}-{len(messages)}", tenant)
        most, later, keys = chance.randint(1, MOST_PER_MESSAGE), list[Sent](), set[str]()
        for place, change in enumerate(waiting):
            if len(message.changes) == most:
                later += waiting[place:]
                break
            (later if change.key in keys else message.changes).append(change)
            keys.add(change.key)
        messages.append(message)
        waiting = later
    return messages
