"""Events that pulling causes: signals that fired for pulled records; what they saw last is in StateTable, one item per record."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from causeway.gateways.aws.events import EventBus
from causeway.gateways.aws.faults import passing_faults
from causeway.gateways.aws.parallel import in_parallel
from causeway.gateways.dynamodb.batch_get import items_by_pk
from causeway.gateways.dynamodb.state.keys import pk_of
from causeway.push.memory.hashes import hashed
from causeway.syncs.signals import States

PREFIX = "s#"
_NOT_NOW = "What signals saw last cannot be reached at the moment."


class PullSignals:
    """The signals of pulled records: an attribute `s#<signal>` of a record's item holds what was seen of it last."""

    def __init__(self, bus: EventBus, client: Any, table: str) -> None:
        self._bus, self._client, self._table = bus, client, table

    def seen(self, tenant: str, org_id: str, ids: Sequence[str]) -> dict[str, States]:
        """Return what was seen of these records last; unknown ones are absent."""
        by_pk = {_pk(tenant, org_id, record_id): record_id for record_id in ids}
        items = items_by_pk(self._client, self._table, by_pk, _NOT_NOW)
        return {by_pk[pk]: _states(item) for pk, item in items.items()}

    def publish(self, tenant: str, events: Sequence[Mapping[str, Any]]) -> None:
        """Publish one event for each signal that fired, several in a call; raises EventNotSent."""
        for kind in ("matched", "ended"):
            found = [{**_shown(each), "tenant": tenant} for each in events if each["edge"] == kind]
            self._bus.publish_all(f"signal.{kind}", found)

    def keep(self, tenant: str, org_id: str, states: Mapping[str, Mapping[str, list[Any]]]) -> None:
        """Keep what was seen of records, each signal on its own."""

        def keep_one(pair: tuple[str, Mapping[str, list[Any]]]) -> None:
            names = list(pair[1])
            with passing_faults(_NOT_NOW):
                self._client.update_item(
                    TableName=self._table,
                    Key={"pk": {"S": _pk(tenant, org_id, pair[0])}},
                    UpdateExpression="SET " + ", ".join(f"#{place} = :{place}" for place in range(len(names))),
                    ExpressionAttributeNames={f"#{place}": f"{PREFIX}{name}" for place, name in enumerate(names)},
                    ExpressionAttributeValues={
                        f":{place}": {"S": json.dumps(pair[1][name], ensure_ascii=False)}
                        for place, name in enumerate(names)
                    },
                )

        in_parallel(keep_one, list(states.items()))


def _shown(event: Mapping[str, Any]) -> dict[str, Any]:
    return {"before": None} | {name: value for name, value in event.items() if name != "edge"}


def _states(item: Mapping[str, Any]) -> States:
    return {
        name.removeprefix(PREFIX): json.loads(value["S"]) for name, value in item.items() if name.startswith(PREFIX)
    }


def _pk(tenant: str, org_id: str, record_id: str) -> str:
    return pk_of(tenant, hashed("signals", org_id, record_id))
