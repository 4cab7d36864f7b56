"""
The marks by which versions of records are remembered: eight bytes of a fingerprint, whose last bit tells an echo.

An echo is a version that Causeway wrote itself, so that the product was not told of it.
"""

from __future__ import annotations

_OWN_WRITE_BIT = 1


def as_published(fingerprint: bytes) -> bytes:
    """Return the mark of a version that the product was told of."""
    return fingerprint[:-1] + bytes((fingerprint[-1] & ~_OWN_WRITE_BIT,))


def as_own_write(fingerprint: bytes) -> bytes:
    """Return the mark of a version that Causeway wrote itself."""
    return fingerprint[:-1] + bytes((fingerprint[-1] | _OWN_WRITE_BIT,))


def was_published(fingerprint: bytes) -> bool:
    """Return whether the product was told of this version."""
    return not fingerprint[-1] & _OWN_WRITE_BIT


def is_same_version(fingerprint: bytes, other: bytes) -> bool:
    """Return whether two marks are of one version, told or not."""
    return fingerprint == other or as_published(fingerprint) == as_published(other)
