"""The names that messages, syncs and routes are addressed by, and the strictness that every published shape shares."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

SYNC_ID = r"^[A-Za-z0-9_-]{1,64}$"
SOURCE = r"^[A-Za-z0-9_:.-]{1,128}$"
TENANT = r"^[A-Za-z0-9_-]{1,64}$"


class Strict(BaseModel):
    """Unknown keys are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True
    )  # built when first used: most handlers use few
