"""Changes that concern a person whom nobody knows yet: they wait for a while, then go on without the person. Pure."""

from __future__ import annotations

from causeway.connections.gates import Gate
from causeway.contract.outcome_codes import OUTCOMES
from causeway.push.deciding.endings import ending_of
from causeway.push.deciding.identifying import about_key
from causeway.push.deciding.matching.tasks import MatchedTask
from causeway.push.tasks import Task
from causeway.salesforce.calls import Row
from causeway.syncs.mapping.compiled import CompiledRow
from causeway.syncs.mapping.rows import PEOPLE

CODE = "person_unknown"
LOOKED_AGAIN_MS = (
    3_600_000  # a change that went on without its person is tried again at the latest then, later each time
)


def awaits_person(matched: MatchedTask) -> bool:
    """Return whether a change concerns a person whom neither Salesforce nor a link knows, and would leave a lookup empty for it."""
    prepared = matched.prepared
    about, task = prepared.about, prepared.task
    if about is None or matched.concerns is not None or about.linked_lead or about.linked_contact:
        return False
    if not about.email and about_key(task) is None:
        return False
    if not any(_lacks_person(row, matched.match.found) for row in prepared.rules.rows):
        return False
    ending = ending_of(matched, is_joining=False)
    return ending is None or (ending.code == "invalid_match_key" and bool(task.awaits))


def _lacks_person(row: CompiledRow, record: Row | None) -> bool:
    """Return whether a row would write the person's Id."""
    if row.kind != "about" or not set(PEOPLE) & set(row.field.reference_to):
        return False
    return record is None or row.rule == "overwrite" or (row.rule == "if_empty" and not record.get(row.field.name))


def waiting_gate(task: Task) -> Gate:
    """Return the gate behind which a change waits for its person."""
    code = OUTCOMES[CODE]
    return Gate(False, CODE, code.sentence, code.remedy, "person", task.wait_until_ms)


def following_gate(task: Task, now_ms: int) -> Gate:
    """Return the gate behind which a change that went on without its person waits to be linked."""
    detail = "The change went on without the person it concerns, who is not known in Salesforce."
    remedy = "Nothing needs to be done: the record is linked when the person is pushed."
    again_ms = now_ms + max(LOOKED_AGAIN_MS, now_ms - task.change.sent_at_ms)
    return Gate(False, CODE, detail, remedy, "person", again_ms)
