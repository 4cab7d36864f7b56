"""
The simulated org as one object: routing, session check, limits, faults and audit around the handlers.

What it asks of the store (local/org/store.py):
    Store(schema, clock=clock, settings=settings, seed=seed, on_effect=audit.effect, record_fault=faults.record_error)
    store.load(sobject, rows) -> list[str]        rows as given by the control API, bypassing the save rules; fast
    on_effect(action, sobject, record_id, values)     after each committed change: created/updated/deleted/undeleted/merged
    record_fault(action, sobject, record_id | None, values) -> {"statusCode", "message", "fields"} | None
        asked once per record before it is saved; an answer is that record's failure (chosen rows that fail, locked rows)
Settings are typed attributes of local/org/settings.py: `org.settings.edition`; add yours there with its sentence.
"""

from __future__ import annotations

from typing import Any
