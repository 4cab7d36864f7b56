"""Laws are checked without a clock, as the machine may be busy, and without files."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("laws", deadline=None, database=None, print_blob=True)
settings.load_profile("laws")
