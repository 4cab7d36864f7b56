"""Connected apps and external client apps: who may ask for tokens, how, and what the org's admin decided about them."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar

from ..wire.messages import OrgError
from .type_checks import check_types

DEFAULT_CLIENT_ID = "3MVG9local.default.connected.app"
DEFAULT_CLIENT_SECRET = "local-default-secret"
ROTATING_CLIENT_ID = "3MVG9local.rotating.client.app"
ROTATING_CLIENT_SECRET = "local-rotating-secret"
KNOWN_SCOPES = frozenset(
    {"api", "refresh_token", "offline_access", "id", "openid", "profile", "email", "address", "phone", "web", "full"}
    | {"chatter_api", "custom_permissions", "visualforce", "lightning", "content", "wave_api", "eclair_api"}
    | {"sfap_api", "cdp_api", "cdp_query_api", "cdp_ingest_api", "pardot_api", "interaction_api", "openid"}
)
REFRESH_POLICIES = ("until_revoked", "unused", "after", "immediately")
LOOPBACK = ["http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*"]


@dataclass
class ConnectedApp:
    """One app as the org knows it. `redirect_uris` match exactly; a trailing `*` (default apps only need it) any rest."""

    MEANINGS: ClassVar[dict[str, str]] = {
        "client_id": "consumer key; names the app in `PATCH /_control/settings`",
        "client_secret": "consumer secret",
        "name": "shown on the approval page",
        "redirect_uris": "callback URLs, matched exactly; one that ends in `*` matches every URL that begins so",
        "scopes": "scopes selected on the app; asking for another is OAUTH_APPROVAL_ERROR_GENERIC",
        "external_client_app": "changes the errors of an app that is not installed",
        "require_secret": "false: a public app, which sends no secret",
        "require_pkce": "authorize needs a code_challenge (S256)",
        "rotation": "each refresh gives a new refresh token; reuse of an old one kills the family",
        "refresh_policy": "`until_revoked`, `unused` (expires after `refresh_ttl_s` without use), `after`, `immediately`",
        "refresh_ttl_s": "seconds for `unused` and `after`",
        "ip_ranges": "networks (CIDR) that may use the app; else `ip restricted by app developer`",
        "session_timeout_s": "life of an idle session; 0: the org's",
        "installed": "false: not installed in this org",
        "blocked": "the admin blocked it: OAUTH_APP_BLOCKED",
        "authorization_blocked": "OAUTH_AUTHORIZATION_BLOCKED",
        "admin_approved_only": "admin approved users are pre-authorized; others get OAUTH_APP_ACCESS_DENIED",
        "approved_users": "usernames the admin approved; JWT bearer needs them too",
        "run_as": "username of client credentials; empty: `no client credentials user enabled`",
        "password_flow": "the username-password flow is allowed",
        "jwt_public_key": "PEM public key that verifies JWT bearer assertions",
    }

    client_id: str
    client_secret: str = ""
    name: str = "Connected app"
    redirect_uris: list[str] = field(default_factory=list)
    scopes: list[str] = field(default_factory=lambda: ["api", "refresh_token", "id"])
    external_client_app: bool = False
    require_secret: bool = True
    require_pkce: bool = False
    rotation: bool = False
    refresh_policy: str = "until_revoked"
    refresh_ttl_s: int = 30 * 24 * 3600
    ip_ranges: list[str] = field(default_factory=list)
    session_timeout_s: int = 0
    installed: bool = True
    blocked: bool = False
    authorization_blocked: bool = False
    admin_approved_only: bool = False
    approved_users: list[str] = field(default_factory=list)
    run_as: str = ""
    password_flow: bool = False
    jwt_public_key: str = ""

    def __post_init__(self) -> None:
        """Refuse values that no app could have."""
        if self.refresh_policy not in REFRESH_POLICIES:
            raise OrgError("INVALID_FIELD", f"refresh_policy is one of {', '.join(REFRESH_POLICIES)}.")
        unknown = set(self.scopes) - KNOWN_SCOPES
        if unknown:
            raise OrgError("INVALID_FIELD", f"Salesforce has no scope {', '.join(sorted(unknown))}.")
        checked_networks(self.ip_ranges)

    def allows_redirect(self, uri: str) -> bool:
        """Say whether a redirect URI is registered: exactly, or below a pattern that ends in `*`."""
        return any(uri == each or (each.endswith("*") and uri.startswith(each[:-1])) for each in self.redirect_uris)

    def allows_ip(self, client_ip: str) -> bool:
        """Say whether the app's developer lets tokens be used from this address."""
        return ip_within(client_ip, self.ip_ranges)

    def grants(self, requested: str) -> list[str]:
        """Return the scopes a request gets: those it names, or all of the app's."""
        return requested.split() or list(self.scopes)

    def as_json(self) -> dict[str, Any]:
        """Return the app as the control API shows it."""
        return asdict(self)


def default_apps() -> dict[str, ConnectedApp]:
    """Return the two apps that work without set-up: a plain one, and one with PKCE, rotation and a 30-day refresh policy."""
    every_scope = ["api", "refresh_token", "id", "openid", "profile", "email", "address", "phone", "web", "full"]
    plain = ConnectedApp(
        DEFAULT_CLIENT_ID,
        DEFAULT_CLIENT_SECRET,
        "Local default app",
        list(LOOPBACK),
        every_scope,
        run_as="integration@northwind.example",
        password_flow=True,
    )
    rotating = ConnectedApp(
        ROTATING_CLIENT_ID,
        ROTATING_CLIENT_SECRET,
        "Local rotating app",
        list(LOOPBACK),
        ["api", "refresh_token", "id"],
        external_client_app=True,
        require_pkce=True,
        rotation=True,
        refresh_policy="unused",
        run_as="integration@northwind.example",
    )
    return {app.client_id: app for app in (plain, rotating)}


def patched_app(known: ConnectedApp | None, changes: dict[str, Any]) -> ConnectedApp:
    """Return the app with changes given as JSON; raise INVALID_FIELD for keys that apps do not have."""
    check_types(ConnectedApp, changes, "app key", "INVALID_FIELD")
    if not changes.get("client_id"):
        raise OrgError("INVALID_FIELD", "This app cannot be registered: client_id is missing.")
    return ConnectedApp(**{**(known.as_json() if known else {}), **changes})


def checked_networks(ranges: list[str]) -> None:
    """Raise INVALID_FIELD when a range is no network in CIDR notation."""
    try:
        for each in ranges:
            ipaddress.ip_network(each, strict=False)
    except ValueError as error:
        raise OrgError("INVALID_FIELD", f"An IP range is a network such as 203.0.113.0/24: {error}") from error


def ip_within(client_ip: str, ranges: list[str]) -> bool:
    """Say whether an address lies in one of the networks; no networks means anywhere."""
    if not ranges:
        return True
    try:
        address = ipaddress.ip_address(client_ip.split(",")[0].strip())
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(each, strict=False) for each in ranges)
