"""Everything about the simulated org that a caller may set: one typed attribute each, with the sentence that documents it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from local.org.messages import OrgError


def setting(default: Any, meaning: str) -> Any:
    """Declare one setting: its default and what it means (shown in `GET /_control/settings` and checked against the README)."""
    if isinstance(default, dict | list):
        return field(default_factory=lambda: type(default)(default), metadata={"meaning": meaning})
    return field(default=default, metadata={"meaning": meaning})


@dataclass
class Settings:
    """The org's settings; `PATCH /_control/settings` changes them, `POST /_control/reset` restores them."""

    # --- the org and its limits ---
    org_name: str = setting("Northwind Trading", "Name of the Organization record.")
    edition: str = setting("Developer Edition", "Organization edition; decides the daily and concurrent limits.")
    is_sandbox: bool = setting(False, "Organization.IsSandbox; identity URLs and limits follow it.")
    licences: int = setting(10, "User licences that count towards the daily limit of paid editions.")
    daily_api_limit: int = setting(0, "Daily API requests; 0 means what the edition and licences give.")

    # --- sessions ---
    session_timeout_s: int = setting(7200, "Seconds without an API call after which a session ends (15 minutes to 24 hours).")

    # --- data rules ---
    internationalized_email: bool = setting(False, "Accept e-mail addresses with non-ASCII local parts.")
    person_accounts: bool = setting(False, "Enable person accounts: Account gets IsPersonAccount, PersonEmail and its relatives.")
    duplicate_rules: bool = setting(True, "The standard Lead and Contact duplicate rules alert unless allowSave=true.")
    commit_delay_s: float = setting(0.0, "Seconds (at most 600) after SystemModstamp at which a change becomes visible to others.")
    upsert_by_id_lookup: bool = setting(False, "Accept idLookup-only fields such as Contact.Email as key of a collections upsert.")

    def as_json(self) -> dict[str, Any]:
        """Return every setting's value by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def patch(self, changes: dict[str, Any]) -> None:
        """Set the named settings; raise INVALID_FIELD for an unknown name or a value of another type."""
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise OrgError("INVALID_FIELD", f"There is no setting {name!r}; GET /_control/settings lists them.")
            if not _fits(value, known[name]):
                raise OrgError("INVALID_FIELD", f"Setting {name!r} takes a {known[name].__name__}, not {value!r}.")
        for name, value in changes.items():
            setattr(self, name, known[name](value))


def _fits(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)
