"""Explains a connection's status to the tenant's admin: one stable cause, one sentence, one remedy each. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple

from causeway.connections.connection import Connection, Status

RECONNECT: Final = (
    "Open the connection in the product and press Reconnect, signed in to Salesforce as the integration user."
)


class Cause(NamedTuple):
    """
    What happened, what to do, and whether it may recover by itself.

    The scheduled check tries `may_recover` causes again; any other cause means that the grant is gone for good. Where Salesforce
    gave words of its own, they follow the message.
    """

    message: str
    remedy: str = RECONNECT
    may_recover: bool = False


CAUSES: Final[dict[str, Cause]] = {
    "never_connected": Cause(
        "No Salesforce org is connected yet.", "Open the connection in the product and press Connect."
    ),
    "deauthorized": Cause(
        "The connection was ended here by an admin.", "Open the connection in the product and press Connect."
    ),
    "connecting": Cause(
        "An admin is connecting a Salesforce org right now.",
        "Finish signing in to Salesforce; the attempt ends by itself after ten minutes.",
    ),
    "connect_denied": Cause(
        "The last attempt to connect was refused in Salesforce.", "Read the reason shown then, and press Connect again."
    ),
    "connect_abandoned": Cause(
        "The last attempt to connect was begun but not finished.",
        "Open the connection in the product and press Connect.",
    ),
    "grant_ended": Cause(
        "Salesforce has ended the grant: it was revoked there, expired, or one of more than five approvals of the same user."
    ),
    "grant_expired": Cause(
        "The grant has expired: the app's policy in Salesforce ends refresh tokens after a certain time.",
        RECONNECT + " To keep it from ending again, set the app's refresh token policy to 'valid until revoked'.",
    ),
    "refresh_response_lost": Cause(
        "Salesforce's answer to a token refresh was lost on the way, and with it the only valid refresh token: "
        "Salesforce replaces the token at each use."
    ),
    "refresh_unanswered": Cause(
        "Salesforce has not answered two token refreshes in a row, so it is unknown whether the grant still lives.",
        "It is tried again by itself; " + RECONNECT[0].lower() + RECONNECT[1:] + " if it does not recover.",
        may_recover=True,
    ),
    "user_inactive": Cause(
        "The Salesforce user that connected is deactivated or frozen.",
        "In Salesforce Setup → Users activate or unfreeze the user (the connection then recovers by itself), "
        "or reconnect as another user.",
        may_recover=True,
    ),
    "password_expired": Cause(
        "The password of the Salesforce user that connected has expired.",
        "In Salesforce set a new password, or use an integration user whose password never expires; the connection then "
        "recovers by itself.",
        may_recover=True,
    ),
    "login_hours": Cause(
        "Salesforce refused the token refresh outside the login hours of the user's profile.",
        "In Salesforce Setup → Profiles lift the profile's Login Hours; the connection recovers by itself within them.",
        may_recover=True,
    ),
    "sign_in_refused": Cause(
        "Salesforce does not let the user that connected sign in.",
        "Look in Salesforce Setup → Login History at the user's last entries, which name the reason; once it is removed "
        "the connection recovers by itself.",
        may_recover=True,
    ),
    "org_inactive": Cause(
        "The Salesforce org is locked, suspended or closed.",
        "Ask Salesforce support to unlock the org; the connection then recovers by itself.",
        may_recover=True,
    ),
    "ip_restricted": Cause(
        "Salesforce refused the token refresh because of the address it came from.",
        "In Salesforce Setup add the connector's egress IP address to the app's and the profile's allowed ranges; "
        "the connection then recovers by itself.",
        may_recover=True,
    ),
    "app_secret_wrong": Cause(
        "Salesforce does not accept the app's client id or secret any more.",
        "Enter the app's present consumer key and secret; the connection then recovers by itself.",
        may_recover=True,
    ),
    "app_not_installed": Cause(
        "The connector's app is not installed in this Salesforce org, or has been blocked there.",
        "In Salesforce Setup → External Client App Manager (or Connected Apps OAuth Usage) install or unblock the app; "
        "the connection then recovers by itself.",
        may_recover=True,
    ),
    "run_as_missing": Cause(
        "The app has no run-as user for the client credentials flow.",
        "In Salesforce Setup open the External Client App's policies, enable the client credentials flow and choose a "
        "run-as user; the connection then recovers by itself.",
        may_recover=True,
    ),
    "secret_missing": Cause(
        "The connection's refresh token is missing in the deployment's Secrets Manager.",
        "Restore the secret if it was deleted by mistake, else reconnect.",
        may_recover=True,
    ),
    "app_changed": Cause("The tenant's own Salesforce app was replaced by another one; grants belong to their app."),
    "not_permitted": Cause(
        "Salesforce refuses the token refresh for the connected user or app.",
        "Check the app's policies in Salesforce Setup, then reconnect.",
        may_recover=True,
    ),
}


def sentence_of(connection: Connection) -> tuple[str, str]:
    """Return why the connection is not usable and what to do; empty texts when it is connected."""
    if connection.status is Status.CONNECTED:
        return "", ""
    cause = CAUSES.get(connection.cause) or CAUSES["never_connected"]
    said = f" Salesforce says: {connection.said}" if connection.said else ""
    return f"{cause.message}{said}", cause.remedy
