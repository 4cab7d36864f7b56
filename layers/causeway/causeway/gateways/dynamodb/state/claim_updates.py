"""The conditional updates by which claims are taken, pointed, owned, completed and released, in DynamoDB's notation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from causeway.gateways.dynamodb.state.claim_items import state_attribute
from causeway.gateways.dynamodb.state.keys import record_attribute

_OURS = "fence = :fence AND #owner = :owner"
_FREE = "REMOVE #owner, lease_until"

type Values = Mapping[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Update:
    """One update of an item: its expressions, the values and names in them, and what to answer."""

    change: str
    values: Values
    condition: str = ""
    answer: Literal["NONE", "ALL_NEW"] = "NONE"
    names: Mapping[str, str] = field(default_factory=dict)

    def request(self) -> dict[str, Any]:
        """Return the update as parameters of UpdateItem; an update that fails on its condition answers the old item."""
        parameters: dict[str, Any] = {
            "UpdateExpression": self.change,
            "ExpressionAttributeValues": dict(self.values),
            "ReturnValues": self.answer,
        }
        if self.condition:
            parameters |= {
                "ConditionExpression": self.condition,
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        return parameters | ({"ExpressionAttributeNames": dict(self.names)} if self.names else {})


def acquiring(owner: str, until_ms: int, free_before_ms: int) -> Update:
    """Take the lease of an entity whose lease ended before `free_before_ms`; its fence grows."""
    return Update(
        "SET #owner = :owner, lease_until = :until, fence = if_not_exists(fence, :zero) + :one",
        {
            ":owner": {"S": owner},
            ":until": number(until_ms),
            ":now": number(free_before_ms),
            ":zero": number(0),
            ":one": number(1),
        },
        "attribute_not_exists(home) AND (attribute_not_exists(lease_until) OR lease_until < :now)",
        "ALL_NEW",
        {"#owner": "owner"},
    )


def pointing(entity: str) -> Update:
    """Let an identifier that is not stored yet resolve to an entity."""
    return Update("SET home = :home", {":home": {"S": entity}}, "attribute_not_exists(pk)")


def owning(entities: Mapping[str, str]) -> Update:
    """Name in an owner index the entity of each record (record Id → entity) that has none there."""
    names = {f"#r{place}": record_attribute(record_id) for place, record_id in enumerate(entities)}
    values = {f":h{place}": {"S": entity} for place, entity in enumerate(entities.values())}
    sets = (f"{name} = if_not_exists({name}, {value})" for name, value in zip(names, values, strict=True))
    return Update("SET " + ", ".join(sets), values, answer="ALL_NEW", names=names)


def completing(owner: str, fence: int, state: str, now_ms: int, *, keep: bool) -> Update:
    """Store what a claimed entity holds now; unless `keep`, free it."""
    values = {":state": state_attribute(state), ":now": number(now_ms), ":fence": number(fence), ":owner": {"S": owner}}
    change = "SET #state = :state, completed_at = :now" + ("" if keep else f" {_FREE}")
    return Update(change, values, _OURS, names={"#owner": "owner", "#state": "state"})


def releasing(owner: str, fence: int) -> Update:
    """Free a claimed entity."""
    return Update(_FREE, {":fence": number(fence), ":owner": {"S": owner}}, _OURS, names={"#owner": "owner"})


def number(value: int) -> dict[str, str]:
    """Return an integer in DynamoDB's notation."""
    return {"N": str(value)}
