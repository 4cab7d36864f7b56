"""
Leave out the values that the org refused before, as long as everything the refusals depended on is the same. Pure.

A refusal depends on what the record holds otherwise once it is saved, on the field and the describe, and on the connection.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from causeway.push.memory.entity import Entity
from causeway.push.memory.hashes import value_hash
from causeway.push.memory.rejected_values import believed_refusal, reject_value
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.values.comparison import stored_text


class Circumstances(NamedTuple):
    """When (epoch ms) and over which connection a record is planned; a redriven change tries everything again."""

    now_ms: int = 0
    epoch: int = 0
    is_redriven: bool = False


class RecordState(NamedTuple):
    """A record as read (None: to be created), and the fields that syncs map: what of it a refusal may depend on."""

    describe: SObjectDescribe
    record: Mapping[str, Any] | None
    mapped: Collection[str]

    @property
    def key(self) -> str:
        """Return under what its refusals are remembered."""
        return str(self.record["Id"]) if self.record else self.describe.name

    def depends_on(self, name: str, values: Mapping[str, Any], epoch: int) -> str:
        """Return the hash of everything that decides whether the org takes a value of a field, once `values` are written."""
        after = {**(self.record or {}), **values}
        fields = (field for each in self.mapped if each != name and (field := self.describe.field(each)))
        held = {field.name: text for field in fields if (text := stored_text(field, after.get(field.name)))}
        return value_hash([epoch, self.describe.etag, repr(self.describe.field(name)), held])


def refused_before(
    state: RecordState, values: Mapping[str, Any], entity: Entity, circumstances: Circumstances
) -> list[str]:
    """Return the fields of which the org would refuse the value again, as far as can be known."""
    if circumstances.is_redriven or state.key not in entity.rejected_values:
        return []
    refused = {
        name: depended_on
        for name, value in values.items()
        if (depended_on := believed_refusal(entity, state.key, name, value, circumstances.now_ms))
    }
    others = {name: value for name, value in values.items() if name not in refused}
    return [name for name, before in refused.items() if state.depends_on(name, others, circumstances.epoch) == before]


def remember_refused(
    state: RecordState,
    refused: Mapping[str, Any],
    values: Mapping[str, Any],
    entity: Entity,
    circumstances: Circumstances,
    key: str,
) -> None:
    """Remember the values that the org refused while it took (or would have taken) `values`."""
    for name, value in refused.items():
        depended_on = state.depends_on(name, values, circumstances.epoch)
        reject_value(entity, key, name, value, depended_on, circumstances.now_ms)
