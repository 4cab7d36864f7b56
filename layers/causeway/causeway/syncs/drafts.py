"""A sync as a caller sends it, to be saved or changed."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, field_validator

from causeway.contract.names import SOURCE, SYNC_ID, Strict
from causeway.syncs.merge_patch import without_nulls
from causeway.syncs.sync import Mapping, Problem, PullRules, PushRules, Signal

NOT_RULES = {"id", "revision", "problems"}


class SyncDraft(Strict):
    """
    A sync as a caller sends it.

    What is left out takes its default at creation and keeps its value at a change, in `push` and `pull` too (a merge patch, RFC
    7396); lists, filters and signals are replaced whole. `revision` names what the change was
    made from; `problems` is accepted, so that what was read can be sent back, and ignored.
    """

    id: str | None = Field(default=None, pattern=SYNC_ID)
    source: str | None = Field(default=None, pattern=SOURCE)
    sobject: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,79}$")
    direction: Literal["push", "pull", "bidirectional"] = "push"
    enabled: bool = False
    position: int = Field(default=1, ge=0, le=10_000)
    revision: int | None = Field(default=None, ge=1)
    push: PushRules = PushRules()
    pull: PullRules = PullRules()
    email: Literal["automatic", "off"] = "automatic"
    mappings: tuple[Mapping, ...] = Field(default=(), max_length=500)
    signals: dict[str, str | Signal] = Field(default_factory=dict, max_length=50)
    problems: tuple[Problem, ...] = ()

    @field_validator("push", mode="before")
    @classmethod
    def _push(cls, given: Any) -> Any:
        return without_nulls(PushRules, given)

    @field_validator("pull", mode="before")
    @classmethod
    def _pull(cls, given: Any) -> Any:
        return without_nulls(PullRules, given)

    def patch(self, block: str) -> dict[str, Any]:
        """Return what the caller said about a nested block (`push` or `pull`), and nothing that it left out."""
        found: dict[str, Any] = self.model_dump(include={block}, exclude_unset=True).get(block, {})
        return found

    def rules(self) -> dict[str, Any]:
        """Return what the caller said about the rules, and nothing that it left out."""
        return {name: getattr(self, name) for name in self.model_fields_set - NOT_RULES}
