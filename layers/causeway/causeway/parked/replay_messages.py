"""Messages that bring parked entries back to the push queue: many changes in each, in their order. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from causeway.contract.messages import MAX_CHANGES
from causeway.parked.entries import Parked
from causeway.parked.ports import PushQueue

MAX_BYTES = 800_000  # of the changes in one message; SQS takes 1 MiB

_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def send_entries(queue: PushQueue, tenant: str, entries: Sequence[Parked], *, redriven: bool = False) -> None:
    """Send entries back; `redriven` ones each for the sync that they were refused for."""
    messages = list(replay_messages(entries))
    if messages:
        queue.send(
            tenant,
            [message.body for message in messages],
            sent=[message.sent for message in messages],
            redriven=[message.syncs for message in messages] if redriven else (),
        )


class ReplayMessage(NamedTuple):
    """
    A message, when each of its changes was first sent (epoch ms), and for which sync it is to be tried again.

    Of a message sent as it was, the one time is that of all its changes, and no sync stands for all.
    """

    body: str
    sent: tuple[int, ...]
    syncs: tuple[str, ...] = ()


def replay_messages(entries: Sequence[Parked]) -> Iterator[ReplayMessage]:
    """
    Yield messages that hold the entries in their order, many changes in each: what waited together costs few API calls.

    A message that crashed is sent as it was.
    """
    members: list[tuple[Parked, dict[str, Any]]] = []
    head: dict[str, Any] = {}
    size = 0
    for entry in entries:
        if entry.code == "crashed" and entry.sync is None:
            yield ReplayMessage(entry.body, (entry.sent_at_ms,))
            continue
        body, more = json.loads(entry.body), len(entry.body.encode())
        (change,) = body.pop("changes")
        if members and (body != head or len(members) >= MAX_CHANGES or size + more > MAX_BYTES):
            yield _message(head, members)
            members, size = [], 0
        head = body
        members.append((entry, change))
        size += more
    if members:
        yield _message(head, members)


def _message(head: dict[str, Any], members: Sequence[tuple[Parked, dict[str, Any]]]) -> ReplayMessage:
    body = _text({**head, "changes": [change for _, change in members]})
    return ReplayMessage(
        body, tuple(entry.sent_at_ms for entry, _ in members), tuple(entry.sync or "" for entry, _ in members)
    )
