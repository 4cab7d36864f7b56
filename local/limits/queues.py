"""
A fair queue: messages of quiet tenants before those of noisy ones. Pure.

Facts: SQS Developer Guide, "How Amazon SQS fair queues work": a message group is a tenant, a message without one is a tenant of its own; a
tenant is noisy while it has more than a tenth of the messages in flight and 30 or more of them; quiet tenants come first, then the noisy
ones, that with the fewest in flight before the others. The second measure, a tenth of the consumers' recent time, is not modelled: the
emulator does not keep how long a message was worked on. Nor is it modelled that a tenant stays noisy for a while.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

SHARE = 0.1
NOISY_FROM = 30

Message = Mapping[str, Any]


def fair_order(messages: Sequence[Message], now_s: float) -> list[Message]:
    """Return the messages in the order in which consumers get them; within a tenant it stays."""
    in_flight = Counter(_tenant(each) for each in messages if each["visible_at"] > now_s and each["receive_count"] > 0)
    all_in_flight = in_flight.total()

    def noise(message: Message) -> int:
        count = in_flight[_tenant(message)]
        return count if count >= NOISY_FROM and count > SHARE * all_in_flight else 0

    return sorted(messages, key=noise)


def _tenant(message: Message) -> str:
    return str(message.get("group_id") or f"alone {message['id']}")
