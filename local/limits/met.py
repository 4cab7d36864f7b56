"""How often a stack met its limits: one line of a file for each time, so that a run can say whether they were there at all."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

VARIABLE = "CAUSEWAY_LIMITS_MET"  # names the file; without it nothing is noted

Met = Callable[[], None]


def unnoted() -> None:
    """Note nothing."""


def noting(name: str, file: str) -> Met:
    """Return what notes one time that a behaviour was met; processes may share the file, since each line is one write at its end."""
    if not file:
        return unnoted

    def met() -> None:
        handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{name}\n".encode())
        finally:
            os.close(handle)

    return met


def file_of(environment: Mapping[str, str]) -> str:
    """Return the file that the environment names, or ""."""
    return environment.get(VARIABLE, "")


def times(file: Path) -> Counter[str]:
    """Return how often each behaviour was met."""
    return Counter(file.read_text(encoding="utf-8").split() if file.exists() else ())
