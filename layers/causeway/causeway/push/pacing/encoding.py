"""Held changes as bytes and back; nothing of a change is lost on the way. Pure."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

from causeway.contract.changes import About, Change, Utterance

FAST = 1  # zlib's level


def encoded(changes: Iterable[Change]) -> bytes:
    """Return changes of one tenant as bytes, compressed."""
    rows = [
        [
            change.source,
            change.key,
            change.occurred_at_ms,
            change.sent_at_ms,
            change.position,
            change.fields,
            None if change.conversation is None else [[u.at_ms, u.speaker, u.text] for u in change.conversation],
            [change.about.source, change.about.key, change.about.email] if change.about else None,
            change.run,
            change.clamped,
        ]
        for change in changes
    ]
    return zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), FAST)


def decoded(tenant: str, content: bytes) -> list[Change]:
    """Return the changes in their order."""
    return [
        Change(
            tenant,
            source,
            key,
            occurred_at_ms,
            sent_at_ms,
            position,
            fields,
            None if conversation is None else tuple(Utterance(*each) for each in conversation),
            About(*about) if about else None,
            run,
            clamped,
        )
        for source, key, occurred_at_ms, sent_at_ms, position, fields, conversation, about, run, clamped in json.loads(
            zlib.decompress(content)
        )
    ]
