"""
The identifiers by which a person or record is found. Pure.

Every identifier (a record key, a normalized email) resolves to one *entity*, and never to another one later: whoever knows one
identifier of a person meets whoever knows another.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from causeway.push.memory.hashes import hashed


def key_identifier(org_id: str, source: str, key: str, sobject: str = "") -> str:
    """Return the identifier of a record key: of its person, or with `sobject` of the record of that kind that it stands for."""
    return hashed("key", org_id, source, key, sobject)


@lru_cache(maxsize=4096)  # asked for several times for each address of a batch or lookup
def email_identifier(org_id: str, email: str) -> str:
    """Return the identifier of a normalized email address."""
    return hashed("email", org_id, email)


def value_identifier(org_id: str, sobject: str, values: Iterable[str]) -> str:
    """Return the identifier of a record found by match fields, an external Id or a name (values already in one case)."""
    return hashed("value", org_id, sobject, *values)


def name_identifier(org_id: str, sobject: str, name: str) -> str:
    """Return the identifier of a record that is found, or created as a parent, by its normalized name alone."""
    return value_identifier(org_id, sobject, ("name", name))


def memory_key(source: str, key: str) -> str:
    """Return the name under which an entity remembers a record key."""
    return hashed(source, key)[:16]
