"""Who is the same person in one pass, before anybody is known in Salesforce: tasks of one key, one address or the same match values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from causeway.push.deciding.prepare import PreparedTask
from causeway.syncs.mapping.rows import PEOPLE


@dataclass(frozen=True, slots=True)
class PersonGroups:
    """The group of each task: all tasks of a person (or of another record) share one."""

    by_name: Mapping[str, str]

    def of(self, prepared: PreparedTask) -> str:
        """Return the group of a task that the groups were made from."""
        return self.by_name[_names(prepared)[0]]

    def several_changes(self, prepared_tasks: Iterable[PreparedTask]) -> Iterator[list[PreparedTask]]:
        """Yield the tasks of each group that has more than one change, oldest first."""
        groups: defaultdict[str, list[PreparedTask]] = defaultdict(list)
        for prepared in prepared_tasks:
            groups[self.of(prepared)].append(prepared)
        for members in groups.values():
            if len({id(prepared.task.change) for prepared in members}) > 1:
                yield sorted(members, key=lambda prepared: prepared.task.change.order)


def person_groups(prepared_tasks: Iterable[PreparedTask]) -> PersonGroups:
    """Group the tasks that share a name; groups that turn out to be one person become one."""
    by_name: dict[str, str] = {}
    for prepared in prepared_tasks:
        names = _names(prepared)
        known = list(dict.fromkeys(by_name[name] for name in names if name in by_name))
        group = known[0] if known else names[0]
        if len(known) > 1:
            by_name = {name: group if found in known else found for name, found in by_name.items()}
        by_name |= dict.fromkeys(names, group)
    return PersonGroups(by_name)


def _names(prepared: PreparedTask) -> list[str]:
    """Return what identifies the person or record of a task: its key, then its address, then its match values."""
    change, sobject = prepared.task.change, prepared.task.sync.sobject
    kind = "person" if sobject in PEOPLE else sobject
    names = [f"{kind} key {change.source} {change.key}"]
    if kind == "person" and prepared.keys.email:
        names.append(f"email {prepared.keys.email}")
    if prepared.task.values:
        names.append(f"{sobject} values {[(name, value.casefold()) for name, value in prepared.task.values]}")
    return names
