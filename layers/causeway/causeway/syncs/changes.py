"""Make a sync from a caller's draft: a new one, or an existing one changed. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from causeway.errors import Conflict, Forbidden, InvalidRequest
from causeway.syncs.drafts import SyncDraft
from causeway.syncs.limits import check_limits
from causeway.syncs.merge_patch import merged
from causeway.syncs.ready_made import TEMPLATES, Template
from causeway.syncs.sync import Sync
from causeway.syncs.templates import proposed_mappings, proposed_syncs, template_sobject, template_sync

USUAL_SOURCE = "lead"
RESERVED_IDS = {"proposed"}  # a route of its own


def proposals(source: str | None, sobject: str | None, template: Template | None) -> Sequence[Sync]:
    """
    Return syncs to begin with, disabled: what a new connection proposes, or one of a template, or a bare one for an sObject.

    Raises InvalidRequest for an sObject that the template does not fit.
    """
    if template is not None:
        sobject, source = template_sobject(template, sobject), source or TEMPLATES[template].source
        return (template_sync(template, _new_id(source, sobject, ()), source, sobject),)
    if sobject is None:
        return proposed_syncs()
    source = source or USUAL_SOURCE
    return (Sync(id=_new_id(source, sobject, ()), source=source, sobject=sobject, mappings=proposed_mappings(sobject)),)


def new_sync(draft: SyncDraft, others: Sequence[Sync], *, may_set_pull_rules: bool) -> Sync:
    """
    Return the sync that a draft describes; `others` are the tenant's syncs so far.

    Defaults: the id is made of source and sObject, the position is the last of its source, the mappings are the ones
    proposed for the sObject. Raises InvalidRequest, or Forbidden for pull rules that the caller may not set.
    """
    if draft.source is None or draft.sobject is None:
        raise _incomplete(draft)
    rules = draft.rules()
    rules.setdefault("mappings", proposed_mappings(draft.sobject))
    rules.setdefault("position", 1 + max((o.position for o in others if o.source == draft.source), default=0))
    sync = Sync.model_validate({"id": draft.id or _new_id(draft.source, draft.sobject, others), **rules})
    if sync.id in RESERVED_IDS:
        raise InvalidRequest(f"'{sync.id}' cannot be the id of a sync.", "Choose another id.", fields=("id",))
    check_limits(sync)
    _check_pull_rules(Sync(id=sync.id, source=sync.source, sobject=sync.sobject), sync, may_set_pull_rules)
    return sync


def changed_sync(before: Sync, draft: SyncDraft, *, may_set_pull_rules: bool) -> Sync:
    """
    Return a sync with what the draft names.

    Raises InvalidRequest for another id, Conflict when the sync is no longer at the draft's revision, Forbidden for pull
    rules that the caller may not set.
    """
    if draft.id not in (None, before.id):
        raise InvalidRequest("The id of a sync never changes.", "Save a new sync under that id.", fields=("id",))
    if draft.revision not in (None, before.revision):
        raise Conflict(
            f"The sync '{before.id}' is at revision {before.revision}, not {draft.revision}.",
            "Read it again and repeat the change.",
        )
    named = {name: value for name, value in draft.rules().items() if value is not None}
    for block, rules in (("push", before.push), ("pull", before.pull)):
        if block in named:
            named[block] = merged(rules, draft.patch(block))
    after = before.model_copy(update=named)
    check_limits(after)
    _check_pull_rules(before, after, may_set_pull_rules)
    return after


def _incomplete(draft: SyncDraft) -> InvalidRequest:
    missing = tuple(name for name in ("source", "sobject") if getattr(draft, name) is None)
    message = f"A sync needs {' and '.join(missing)}."
    return InvalidRequest(message, "Name the source and the sObject.", fields=missing)


def _new_id(source: str, sobject: str, others: Sequence[Sync]) -> str:
    """Return `<source>-<sobject>` in the letters of an id, numbered when it is taken."""
    letters = (letter if letter.isalnum() or letter == "_" else "-" for letter in f"{source}-{sobject.lower()}")
    first = "".join(letters)[:60].strip("-")
    taken = {other.id for other in others} | RESERVED_IDS
    numbered = (f"{first}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (first, *numbered) if each not in taken)


def _check_pull_rules(before: Sync, after: Sync, may_set_pull_rules: bool) -> None:
    """Raise Forbidden when pull rules change: operators set them; a deployment may let admins do so, too."""
    is_changed = before.pull != after.pull or before.direction != after.direction
    if is_changed and not may_set_pull_rules:
        raise Forbidden("Only operators set pull rules in this deployment.")
