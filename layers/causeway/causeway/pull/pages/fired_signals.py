"""The signals that fire for pulled records: found when a page is cut, stored with it, published with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from causeway.pull.jobs import Fired, Held
from causeway.pull.pages.versions import PublishedRow
from causeway.syncs.signals import States, edge_json, edges
from causeway.syncs.sync import Sync


def fired_signals(sync: Sync, held: Held, rows: Sequence[PublishedRow], seen: Mapping[str, States]) -> Fired:
    """Return the events of these rows, in their order, and what is to be kept of the records of which something else was seen."""
    after: dict[str, States] = {}
    events: list[dict[str, Any]] = []
    for row in rows:
        states = after.setdefault(row.record_id, deepcopy(seen.get(row.record_id, {})))
        by = f"{sync.id} {row.fingerprint.hex()}"
        fired = edges(states, row.looks, row.stamp_ms, by)
        events += [_event(sync, row, edge_json(edge, held.org_id, row.record_id, by)) for edge in fired]
    changed = {each: _news(states, seen.get(each, {})) for each, states in after.items()}
    return Fired(tuple(events), {each: states for each, states in changed.items() if states})


def _news(states: States, before: States) -> States:
    return {name: state for name, state in states.items() if state != before.get(name)}


def _event(sync: Sync, row: PublishedRow, edge: dict[str, Any]) -> dict[str, Any]:
    about = {"source": sync.source, "key": row.key, "sync": sync.id, "sobject": sync.sobject}
    return {**edge, **about, "salesforce_id": row.record_id}
