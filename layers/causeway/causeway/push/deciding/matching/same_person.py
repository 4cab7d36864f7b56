"""Who is who in one pass, before anybody is known in Salesforce: prepared tasks of one key, one address or the same match fields."""

from __future__ import annotations

from causeway.push.deciding.prepare import PreparedTask
from causeway.syncs.mapping.mappings import PEOPLE


class PersonGroups:
    """Names for the people (and other records) of a pass; two that turn out to be one get one name."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, prepared: PreparedTask) -> str:
        """Return one name for all tasks of a person who is not in Salesforce yet: one key, one address, or the same match values."""
        change, sobject = prepared.task.change, prepared.task.sync.sobject
        kind = "person" if sobject in PEOPLE else sobject
        names = [f"{kind} key {change.source} {change.key}"]
        if kind == "person" and prepared.keys.email:
            names.append(f"email {prepared.keys.email}")
        if prepared.task.values:
            names.append(f"{sobject} values {[(name, value.casefold()) for name, value in prepared.task.values]}")
        known = [self._known[name] for name in names if name in self._known]
        person = known[0] if known else names[0]
        for name, found in list(self._known.items()) if len(set(known)) > 1 else ():
            if found in known:
                self._known[name] = person
        for name in names:
            self._known[name] = person
        return person
