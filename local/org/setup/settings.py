"""Everything about the simulated org that a caller may set: one typed attribute each, with the sentence that documents it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from ..wire.messages import OrgError
from .automation import checked_automation
from .connected_apps import ConnectedApp, checked_networks, default_apps, patched_app
from .countries import checked_countries, default_countries
from .currencies import checked_currencies
from .facts import LOGINS_PER_HOUR_AND_USER, MAX_URI_BYTES
from .type_checks import check_types


def setting(default: Any, meaning: str, choices: Sequence[str] = ()) -> Any:
    """
    Declare one setting: its default, what it means, and what it may be if only a few values make sense.

    `GET /_control/settings` shows the meaning, and the README is checked against it.
    """
    return field(default=default, metadata={"meaning": meaning, "choices": choices})


@dataclass
class Settings:
    """The org's settings; `PATCH /_control/settings` changes them, `POST /_control/reset` restores them."""

    # --- the org and its limits ---
    org_name: str = setting("Northwind Trading", "Name of the Organization record.")
    edition: str = setting("Developer Edition", "Organization edition; decides the daily and concurrent limits.")
    is_sandbox: bool = setting(False, "Organization.IsSandbox; limits follow it.")
    licences: int = setting(10, "User licences that count towards the daily limit of paid editions.")
    daily_api_limit: int = setting(0, "Daily API requests; 0 means what the edition and licences give.")

    daily_overshoot: float = setting(
        0.0, "Share by which a paid production org may exceed the daily limit before it is cut."
    )
    per_app_limit: int = setting(0, "Quota of the calling app; adds per-app-api-usage to Sforce-Limit-Info when not 0.")
    limits_visible: bool = setting(True, "The user may read GET /limits (View Setup and Configuration); otherwise 403.")
    api_enabled: bool = setting(True, "The edition includes the API; otherwise 403 API_DISABLED_FOR_ORG.")
    api_up: bool = setting(True, "False answers 403 API_CURRENTLY_DISABLED, as during maintenance.")

    max_uri_bytes: int = setting(
        MAX_URI_BYTES, "Longest URI (else 414), and the longest URI and headers together (else 431)."
    )
    cookies: bool = setting(
        False, "Every answer sets the cookie BrowserId; the audit log keeps the cookies that requests carry."
    )

    # --- logging in ---
    password: str = setting("northwind1", "Password of every user, shown on the login page.")
    auto_approve: str = setting(
        "", "Username that authorize logs in and approves at once, without any page; empty shows the pages."
    )
    org_active: bool = setting(True, "False: the org is locked, token requests answer 'inactive organization'.")
    frozen_users: list[str] = field(
        default_factory=list, metadata={"meaning": "Usernames that are frozen: they count as inactive."}
    )
    api_only_users: list[str] = field(
        default_factory=list,
        metadata={"meaning": "Usernames that may not use a browser flow (OAUTH_APPROVAL_ERROR_GENERIC)."},
    )
    approve_uninstalled_users: list[str] = field(
        default_factory=list, metadata={"meaning": "Usernames with Approve Uninstalled Connected Apps."}
    )
    login_ip_ranges: list[str] = field(
        default_factory=list,
        metadata={"meaning": "Networks (CIDR) users may log in from; empty means anywhere. Else 'ip restricted'."},
    )
    logins_per_hour: int = setting(
        LOGINS_PER_HOUR_AND_USER, "Token requests per user and hour before 'login rate exceeded'."
    )
    require_pkce: bool = setting(
        False, "The whole org requires PKCE (OAUTH_APPROVAL_ERROR_GENERIC without a challenge)."
    )
    token_processing_s: float = setting(
        0.02, "Real seconds a token request takes; a second one for the same token meanwhile is refused."
    )
    client_credentials_enabled: bool = setting(True, "The client credentials flow is allowed in this org.")

    apps: dict[str, ConnectedApp] = field(
        default_factory=default_apps,
        metadata={
            "meaning": "Connected apps by client_id; PATCH takes a list of apps, each adds to or changes the one of its client_id."
        },
    )

    # --- sessions ---
    session_timeout_s: int = setting(
        7200, "Seconds without an API call after which a session ends (15 minutes to 24 hours)."
    )

    # --- data rules ---
    internationalized_email: bool = setting(False, "Accept e-mail addresses with non-ASCII local parts.")
    multiline_length: str = setting(
        "line_breaks",
        "How the length of a text area counts: `characters`, `line_breaks` (each counts two) or `bytes` (UTF-8; help 000382141).",
        choices=("characters", "line_breaks", "bytes"),
    )
    rich_text_entities_count: bool = setting(
        True, "The entities that a rich text area stores count; false: the text as it was sent."
    )
    person_accounts: bool = setting(
        False, "Enable person accounts: Account gets IsPersonAccount, PersonEmail and its relatives."
    )
    duplicate_rules: bool = setting(True, "The standard Lead and Contact duplicate rules alert unless allowSave=true.")
    duplicates_named_in_collections: bool = setting(
        True, "Collections name the matching records of DUPLICATES_DETECTED; the REST guide's sample answers do not."
    )
    unknown_field_fails_collection: bool = setting(
        True,
        "An unknown field in one record of a collection fails the whole request; false: that record alone (unverified).",
    )
    dependent_picklists_enforced: bool = setting(
        False,
        "Refuse a restricted dependent value that its controlling value does not allow (unverified: the API takes it).",
    )
    state_country_picklists: bool = setting(
        False, "State and country/territory picklists: addresses get StateCode and CountryCode; once on, until a reset."
    )
    countries: dict[str, dict[str, object]] = field(
        default_factory=default_countries,
        metadata={
            "meaning": "Countries by ISO code, each with its `name` (the integration value) and `states` by code."
        },
    )
    currencies: dict[str, float] = field(
        default_factory=dict,
        metadata={
            "meaning": "Multiple currencies: the rate of each active one by ISO code, the corporate one first with 1; records get "
            "CurrencyIsoCode. Empty: the org has one, USD. Once on, until a reset."
        },
    )
    inactive_owners_allowed: list[str] = field(
        default_factory=list,
        metadata={"meaning": "Names of sObjects whose records inactive users may own (a permission, or older data)."},
    )
    unshared_ids: list[str] = field(
        default_factory=list,
        metadata={
            "meaning": "Ids of records that sharing hides from every session: not found, and no value of a reference."
        },
    )
    unknown_reference_code: str = setting(
        "INVALID_CROSS_REFERENCE_KEY",
        "What a reference to a record that does not exist is refused with; releases differ.",
        choices=("INVALID_CROSS_REFERENCE_KEY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"),
    )
    unknown_member_status: str = setting(
        "refused",
        "A CampaignMember's Status that its campaign does not have: `refused`, or `default` takes the campaign's default "
        "status (early API guide).",
        choices=("refused", "default"),
    )
    change_data_capture: list[str] = field(
        default_factory=list,
        metadata={
            "meaning": "Names of the sObjects whose changes are published as events (`GET /_control/change_events`)."
        },
    )
    tracked_fields: dict[str, list[str]] = field(
        default_factory=dict,
        metadata={
            "meaning": "The fields of each sObject, by its name, whose changes its history keeps (`AccountHistory`, ...)."
        },
    )
    automation: dict[str, dict[str, object]] = field(
        default_factory=dict,
        metadata={"meaning": "What the triggers and flows of each sObject can bear, by its name; the keys are below."},
    )
    commit_delay_s: float = setting(
        0.0, "Seconds (at most 600) after SystemModstamp at which a change becomes visible to others."
    )
    late_apply_max_s: float = setting(
        600.0, "Bound in seconds for requests that a `late` fault applies after their client was cut off."
    )
    upsert_by_id_lookup: bool = setting(
        False,
        "Accept Id and idLookup-only fields such as Contact.Email as key of a collections upsert (REST guide: external IDs only).",
    )

    # --- queries ---
    optimizer_rows: int = setting(
        0,
        "Play a query optimizer: on tables of more rows, an OR over different fields without an indexed filter beside it, and "
        "every semi-join, answer QUERY_TIMEOUT; 0: no query is too slow.",
    )

    # --- Bulk API 2.0 ---
    bulk_polls: int = setting(
        1, "How often the state of a job, or of a batch, is answered as waiting or InProgress before its work is done."
    )

    def as_json(self) -> dict[str, Any]:
        """Return every setting's value by name."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**values, "apps": [app.as_json() for app in self.apps.values()]}

    @classmethod
    def meanings(cls) -> dict[str, str]:
        """Return the sentence that documents each setting, by name."""
        return {each.name: each.metadata["meaning"] for each in fields(cls)}

    def patch(self, changes: dict[str, Any]) -> None:
        """Set the named settings; raise INVALID_FIELD for an unknown name or a value of another type."""
        changes = {**changes}
        apps = [patched_app(self.apps.get(str(app.get("client_id"))), app) for app in changes.pop("apps", [])]
        check_types(Settings, changes, "setting", "INVALID_FIELD")
        for each in fields(self):
            choices = each.metadata.get("choices")
            if choices and changes.get(each.name, each.default) not in choices:
                raise OrgError("INVALID_FIELD", f"Setting {each.name!r} is one of {', '.join(choices)}.")
        checked_networks(changes.get("login_ip_ranges", []))
        checked_countries(changes.get("countries", {}))
        checked_currencies(changes.get("currencies", {}))
        checked_automation(changes.get("automation", {}))
        for name, value in changes.items():
            setattr(self, name, value)
        self.apps.update({app.client_id: app for app in apps})
