"""What an org's own triggers and flows can bear of one sObject, as the setting `automation` says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..wire.messages import OrgError
from .facts import APEX_LIMITS
from .type_checks import check_types


@dataclass(frozen=True)
class Automation:
    """The triggers of one sObject: from which chunk size on they exceed a governor limit, and what they never bear."""

    MEANINGS: ClassVar[dict[str, str]] = {
        "records": "records of one chunk that may be saved together; a larger chunk fails as a whole; 0: any number",
        "error": f"which governor limit is exceeded: {', '.join(f'`{name}`' for name in APEX_LIMITS)}",
        "trigger": "name of the trigger in the message; empty: the sObject's name with `Trigger`",
        "where": "regular expressions by field name: a record whose values match all of them exceeds the limit even alone",
        "siblings": "records of one chunk that may share an account, campaign or master; beyond, each of them answers "
        "`UNABLE_TO_LOCK_ROW`; 0: any number",
    }
    records: int = 0
    error: str = "CPU"
    trigger: str = ""
    where: dict[str, str] = field(default_factory=dict)
    siblings: int = 0

    def message(self, sobject: str) -> str:
        """Return the text of the exception that ends the chunk's transaction."""
        return f"{self.trigger or f'{sobject}Trigger'}: System.LimitException: {APEX_LIMITS[self.error]}"

    def never_bears(self, values: Mapping[str, Any]) -> bool:
        """Say whether a record with these values exceeds the limit even alone."""
        patterns = self.where.items()
        return bool(patterns) and all(re.search(each, str(values.get(name, ""))) for name, each in patterns)


def automation_of(setting: Mapping[str, Mapping[str, Any]], sobject: str) -> Automation | None:
    """Return what the setting `automation` says of an sObject, whatever the case of its name."""
    found = next((entry for name, entry in setting.items() if name.lower() == sobject.lower()), None)
    return None if found is None else Automation(**found)


def checked_automation(setting: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise INVALID_FIELD for a key, limit or pattern that does not exist."""
    for sobject, entry in setting.items():
        check_types(Automation, entry, "automation key", "INVALID_FIELD")
        if entry.get("error", "CPU") not in APEX_LIMITS:
            raise OrgError("INVALID_FIELD", f"The limits of automation are {', '.join(APEX_LIMITS)}; see {sobject!r}.")
        try:
            for pattern in Automation(**entry).where.values():
                re.compile(pattern)
        except re.error as error:
            raise OrgError("INVALID_FIELD", f"A pattern of {sobject!r} is no regular expression: {error}") from error
