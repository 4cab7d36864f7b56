"""What a lookup asks for: people or records, and the fields that are wanted of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from causeway.contract.days import DAY_S

MAX_ITEMS = 200
MAX_AGE_S = DAY_S


class Item(NamedTuple):
    """
    One person, company or record, by whatever is known: all that is given is used, in the order in which push matches.

    `sobject`, `field` and `value` name an external ID (or any unique field); `sobject` alone says of what a Salesforce Id is, when its
    prefix is not a well-known one.
    """

    email: str = ""
    source: str = ""
    key: str = ""
    salesforce_id: str = ""
    company: str = ""
    sobject: str = ""
    field: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """
    Up to 200 items, the fields wanted by sObject (paths too), and how old the answer may be.

    `only_mapped`: the caller may have only fields that a sync of the tenant maps; else whatever the connected user may see.
    """

    items: tuple[Item, ...]
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    counts: bool = True
    max_age_s: int = 60
    only_mapped: bool = False
