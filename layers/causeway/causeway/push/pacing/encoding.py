"""
Held changes as bytes and back; nothing of a change is lost on the way. Pure.

A batch of changes is `{"v": 1, "c": […]}`, each with short names and without what is empty. Workers of two versions read each
other's during a deployment: names that are not known are passed over. At first a batch was a list of lists of ten values.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from causeway.contract.changes import About, Change, Utterance

FAST = 1  # zlib's level
VERSION = 1
_FIRST = "skotpfcarl"  # the names of the ten values of the first form, in their order
_ABOUT = ("s", "k", "e")


def encoded(changes: Iterable[Change]) -> bytes:
    """Return changes of one tenant as bytes, compressed."""
    batch = {"v": VERSION, "c": [_encoded(change) for change in changes]}
    return zlib.compress(json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode(), FAST)


def _encoded(change: Change) -> dict[str, Any]:
    said, about = change.conversation, change.about
    kept = {
        "s": change.source,
        "k": change.key,
        "o": change.occurred_at_ms,
        "t": change.sent_at_ms,
        "p": change.position,
        "f": change.fields,
        "c": None if said is None else [[each.at_ms, each.speaker, each.text] for each in said],
        "a": about and {name: value for name, value in zip(_ABOUT, about, strict=True) if value is not None},
        "r": change.run,
        "l": change.clamped or None,
    }
    return {name: value for name, value in kept.items() if value is not None}


def decoded(tenant: str, content: bytes) -> list[Change]:
    """Return the changes in their order."""
    batch = json.loads(zlib.decompress(content))
    if isinstance(batch, list):
        batch = {"c": [dict(zip(_FIRST, values, strict=True)) for values in batch]}
    return [_decoded(tenant, kept) for kept in batch["c"]]


def _decoded(tenant: str, kept: Mapping[str, Any]) -> Change:
    said = kept.get("c")
    return Change(
        tenant,
        kept["s"],
        kept["k"],
        kept["o"],
        kept["t"],
        kept.get("p", 0),
        kept.get("f") or {},
        None if said is None else tuple(Utterance(*each[:3]) for each in said),
        _about(kept.get("a")),
        kept.get("r"),
        bool(kept.get("l")),
    )


def _about(kept: Mapping[str, Any] | Sequence[Any] | None) -> About | None:
    if kept is None:
        return None
    values = kept if isinstance(kept, Mapping) else dict(zip(_ABOUT, kept, strict=True))
    return About(*(values.get(name) for name in _ABOUT))
