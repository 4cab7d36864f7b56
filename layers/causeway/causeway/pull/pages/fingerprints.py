"""
The fingerprints by which versions of records are remembered: eight bytes, whose last bit marks an own write.

An own write is a version that Causeway wrote itself, so that the product did not receive it.
"""

from __future__ import annotations

FINGERPRINT_BYTES = 8
NO_VERSION = bytes(FINGERPRINT_BYTES)  # of a record that is gone or left the rule without a version of its own
_OWN_WRITE_BIT = 1


def as_published(fingerprint: bytes) -> bytes:
    """Return the fingerprint of a version that the product received."""
    return fingerprint[:-1] + bytes((fingerprint[-1] & ~_OWN_WRITE_BIT,))


def as_own_write(fingerprint: bytes) -> bytes:
    """Return the fingerprint of a version that Causeway wrote itself."""
    return fingerprint[:-1] + bytes((fingerprint[-1] | _OWN_WRITE_BIT,))


def was_published(fingerprint: bytes) -> bool:
    """Return whether the product received this version."""
    return not fingerprint[-1] & _OWN_WRITE_BIT


def is_same_version(fingerprint: bytes, other: bytes) -> bool:
    """Return whether two fingerprints are of one version, published or not."""
    return fingerprint == other or as_published(fingerprint) == as_published(other)
