"""The keys of StateTable: every identifier is stored as a hash, under a hash of its tenant."""

from __future__ import annotations

from causeway.push.memory.hashes import hashed

SHORT_ID = 15  # characters of a Salesforce Id; the other three only encode the case of these


def pk_of(tenant: str, identifier: str) -> str:
    """Return the partition key of an identifier."""
    return f"{hashed('tenant', tenant)}#{identifier}"


def owner_index_of(org_id: str, record_id: str) -> str:
    """Return the identifier of the owner index that names the entity of a record."""
    return hashed("shelf", org_id, record_id[: SHORT_ID - 1])


def record_attribute(record_id: str) -> str:
    """Return the attribute of an owner index that names the entity of a record."""
    return f"r{record_id[:SHORT_ID]}"
