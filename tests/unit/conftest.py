"""Laws are checked without a clock, as the machine may be busy, without files, and on the same examples each time."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("laws", deadline=None, database=None, derandomize=True)
settings.load_profile("laws")
