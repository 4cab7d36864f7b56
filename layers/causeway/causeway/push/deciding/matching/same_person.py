"""
Who is the same person in one pass, before anybody is known in Salesforce.

Tasks of one key, one external ID or the same match values are one; tasks of one address are, unless their external IDs differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from causeway.push.deciding.keys import are_other_people
from causeway.push.deciding.prepare import PreparedTask
from causeway.push.tasks import External
from causeway.syncs.mapping.rows import PEOPLE


@dataclass(frozen=True, slots=True)
class PersonGroups:
    """
    The group of each task: all tasks of a person (or of another record) share one.

    An `undecided` group has nothing but the address of several people: which of them it means is known once they have records.
    """

    by_key: Mapping[str, str]
    externals: Mapping[str, frozenset[External]] = field(default_factory=dict)
    undecided: frozenset[str] = frozenset()

    def of(self, prepared: PreparedTask) -> str:
        """Return the group of a task that the groups were made from."""
        return self.by_key[_names(prepared)[0]]

    def are_others(self, prepared: PreparedTask, other: PreparedTask) -> bool:
        """Return whether two tasks are of different people, by the external IDs of their groups."""
        one, two = self.of(prepared), self.of(other)
        return one != two and are_other_people(self.externals.get(one, ()), self.externals.get(two, ()))

    def is_undecided(self, prepared: PreparedTask) -> bool:
        """Return whether a task may mean several people of the pass."""
        return self.of(prepared) in self.undecided

    def several_changes(self, prepared_tasks: Iterable[PreparedTask]) -> Iterator[list[PreparedTask]]:
        """Yield the tasks of each group that has more than one change, oldest first."""
        groups: defaultdict[str, list[PreparedTask]] = defaultdict(list)
        for prepared in prepared_tasks:
            groups[self.of(prepared)].append(prepared)
        for members in groups.values():
            if len({id(prepared.task.change) for prepared in members}) > 1:
                yield sorted(members, key=lambda prepared: prepared.task.change.order)


@dataclass(slots=True, eq=False)
class _Group:
    """What identifies one person or record, and everything by which it is known."""

    name: str
    names: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    externals: set[External] = field(default_factory=set)

    def take(self, other: _Group) -> None:
        self.names |= other.names
        self.emails |= other.emails
        self.externals |= other.externals


def person_groups(prepared_tasks: Iterable[PreparedTask]) -> PersonGroups:
    """Group the tasks that share a name; groups that turn out to be one person become one."""
    grouping = _Grouping()
    for prepared in sorted(prepared_tasks, key=lambda prepared: prepared.task.change.order):
        grouping.add(prepared)
    return grouping.groups()


class _Grouping:
    """The groups as they are known so far, by name and by address (oldest first)."""

    def __init__(self) -> None:
        self._by_name: dict[str, _Group] = {}
        self._by_email: dict[str, list[_Group]] = {}
        self._undecided: set[str] = set()

    def add(self, prepared: PreparedTask) -> None:
        """Add a task to the group of its key, external ID or match values, else to the one of its address."""
        names, externals = _names(prepared), set(prepared.keys.externals)
        mine = _Group(names[0], set(names), externals=externals)
        for known in dict.fromkeys(self._by_name[name] for name in names if name in self._by_name):
            mine = self._merged(known, mine)
        self._index(mine)
        if prepared.task.sync.sobject in PEOPLE and prepared.keys.email:
            self._join_address(mine, prepared.keys.email)

    def _join_address(self, mine: _Group, email: str) -> None:
        """Join the people of an address: the one who may be the same person; who may be several of them is undecided."""
        if email in mine.emails:
            return
        there = self._by_email.setdefault(email, [])
        same = [group for group in there if not self._is_another(group, mine)]
        mine.emails.add(email)
        there.append(mine)
        if len(same) == 1:
            self._index(self._merged(same[0], mine))
        elif same:
            self._undecided.add(mine.name)

    def _is_another(self, group: _Group, mine: _Group) -> bool:
        is_undecided = group.name in self._undecided and not group.externals
        return is_undecided or are_other_people(group.externals, mine.externals)

    def _merged(self, known: _Group, mine: _Group) -> _Group:
        """Make two groups one, under the name of the older one."""
        known.take(mine)
        for email in mine.emails:
            others = [group for group in self._by_email[email] if group not in (known, mine)]
            self._by_email[email] = [*others, known]
        return known

    def _index(self, group: _Group) -> None:
        self._by_name |= dict.fromkeys(group.names, group)

    def groups(self) -> PersonGroups:
        """Return the groups of all tasks."""
        found = set(self._by_name.values())
        return PersonGroups(
            {name: group.name for name, group in self._by_name.items()},
            {group.name: frozenset(group.externals) for group in found},
            frozenset(group.name for group in found if group.name in self._undecided and not group.externals),
        )


def _names(prepared: PreparedTask) -> list[str]:
    """Return what identifies the person or record of a task beyond doubt: its key, then its external ID or match values."""
    change, sobject = prepared.task.change, prepared.task.sync.sobject
    kind = "person" if sobject in PEOPLE else sobject
    names = [f"{kind} key {change.source} {change.key}"]
    names += [f"{each.sobject} external {each.name} {each.compared}" for each in prepared.keys.externals if each.text]
    if prepared.task.values and kind != "person":
        names.append(f"{sobject} values {[(each.name, each.compared) for each in prepared.task.values]}")
    return names
