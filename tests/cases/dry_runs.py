"""Plays cases and asks, before each push of one change, what the dry run says: the push must then come to the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.cases.model import Push
from tests.cases.steps import Playing, Unmet

OF_THE_ORG = "salesforce:"  # what Salesforce refuses is known when it was asked to write
LATER = frozenset({"refused_before", "parent_refused", "cut"})  # and what follows: an org may count texts more strictly
AT_DUPLICATES = frozenset({"duplicate_blocked", "possible_duplicate"})


@dataclass
class PlayingTwice(Playing):
    """A case whose pushes of one change are tried before: `tried` is what the dry run said, by key and sync."""

    tried: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def _push(self, pushes: Push | list[Push]) -> None:
        self.tried.clear()
        single = pushes if isinstance(pushes, Push) else pushes[0] if len(pushes) == 1 else None
        changes = self._filled(single.changes) if single is not None and single.text is None else []
        if single is not None and len(changes) == 1 and isinstance(changes[0], dict):
            self._try(single.source, changes[0])
        super()._push(pushes)

    def _try(self, source: str, change: Mapping[str, Any]) -> None:
        _, listed = self._api_call("GET", "syncs")
        for sync in listed.get("syncs", ()):
            if sync["source"] == source and sync["enabled"] and sync["direction"] != "pull":
                status, answer = self._api_call("POST", f"syncs/{sync['id']}/dry-run", dict(change))
                if status == 200:
                    self.tried[str(change.get("key")), sync["id"]] = answer

    def _outcomes(self, wanted: Any) -> None:
        super()._outcomes(wanted)
        for place, outcome in self.outcomes.items():
            tried = self.tried.get((str(place[0]), str(place[1])))
            if tried is not None and not _is_of_the_org(outcome) and _said(tried) != _said(outcome):
                raise Unmet(f"the dry run said {_said(tried)}, and the push came to {_said(outcome)}")
        self.tried.clear()


def _is_of_the_org(outcome: Mapping[str, Any]) -> bool:
    """Return whether Salesforce's own answer to the write decided something."""
    codes = {str(outcome["code"]), *(str(warning["code"]) for warning in outcome["warnings"])}
    by_duplicate_rule = any(each["matched_by"] == "duplicate_rule" for each in outcome["candidates"])
    by_org = any(code.startswith(OF_THE_ORG) for code in codes) or bool(codes & AT_DUPLICATES)
    return by_org or by_duplicate_rule


def _said(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a change came to: the result with its code, the fields written, and each field's warnings."""
    warnings = sorted((str(each["field"]), str(each["code"])) for each in outcome["warnings"])
    return {
        "result": outcome["result"],
        "code": outcome["code"],
        "fields_written": sorted(outcome["fields_written"]),
        "warnings": [each for each in warnings if each[1] not in LATER],
    }
