"""Codes about the session, the user, the org and the API itself (ExceptionCode, SOAP API guide). Pure."""

from __future__ import annotations

from typing import Final

from causeway.salesforce.answers.meanings import Meaning, Rule

TRY_AGAIN: Final = "Nothing needs to be done; it is tried again."
ENABLE_API: Final = (
    "Ask the Salesforce admin to give the connected user the 'API Enabled' permission and the app the scope 'api'."
)
NEW_PASSWORD: Final = "In Salesforce set a new password, or use an integration user whose password never expires."
LOGIN_HISTORY: Final = (
    "Look in Salesforce Setup → Login History at the connected user's last entries, which name the reason."
)
_TELL_SUPPORT: Final = (
    "Give the code and the sentence to whoever runs this deployment; nobody has to change anything in Salesforce."
)

_SESSION: Final = (
    Rule(
        "INVALID_SESSION_ID",
        Meaning.SESSION,
        "The access token has ended.",
        TRY_AGAIN,
        words="session expired or invalid",
    ),
    Rule(
        "INVALID_SESSION_ID",
        Meaning.PERSON,
        "The org does not let the connected user's session use the REST API.",
        ENABLE_API,
    ),
    Rule("INVALID_AUTH_HEADER", Meaning.OURS, "The request's authorization is malformed.", _TELL_SUPPORT),
)

_USER: Final = (
    Rule(
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        Meaning.PERSON,
        "The connected user's password has expired.",
        NEW_PASSWORD,
        own_code="password_expired",
    ),
    Rule(
        "PASSWORD_LOCKOUT",
        Meaning.PERSON,
        "The connected user is locked after wrong passwords.",
        "In Salesforce Setup → Users open the user and choose Unlock.",
    ),
    Rule("INVALID_LOGIN", Meaning.PERSON, "Salesforce does not let the connected user sign in.", LOGIN_HISTORY),
    Rule(
        "LOGIN_DURING_RESTRICTED_TIME",
        Meaning.PERSON,
        "It is outside the login hours of the connected user's profile.",
        "Wait for the login hours, or lift them in the profile: the connector works around the clock.",
    ),
    Rule(
        "LOGIN_DURING_RESTRICTED_DOMAIN",
        Meaning.PERSON,
        "The connected user's profile does not allow the connector's IP address.",
        "Add the connector's egress IP address to the profile's login IP ranges.",
    ),
    Rule("LOGIN_CHALLENGE_ISSUED", Meaning.PERSON, "Salesforce asks for an identity verification.", LOGIN_HISTORY),
    Rule(
        "LOGIN_MUST_USE_SECURITY_TOKEN",
        Meaning.PERSON,
        "Salesforce asks for a security token, because the connector's IP address is not trusted.",
        "Add the connector's egress IP address to Setup → Network Access.",
    ),
    Rule(
        "CLIENT_NOT_ACCESSIBLE_FOR_USER",
        Meaning.PERSON,
        "The connected user may not use the app.",
        "In the app's policies add the user's profile or permission set.",
    ),
    Rule("API_DISABLED_FOR_ORG", Meaning.PERSON, "The org's edition has no API, or it is off.", ENABLE_API),
    Rule("FORBIDDEN", Meaning.PERSON, "The org refuses API access to the connected user.", ENABLE_API),
    Rule("INSUFFICIENT_ACCESS", Meaning.PERSON, "The org refuses API access to the connected user.", ENABLE_API),
    Rule("FUNCTIONALITY_NOT_ENABLED", Meaning.PERSON, "The org has not enabled what is asked for.", ENABLE_API),
    Rule(
        "TXN_SECURITY_NO_ACCESS",
        Meaning.PERSON,
        "A transaction security policy of the org blocks the request.",
        "Ask the Salesforce admin to exempt the connected user from the policy (Setup → Transaction Security Policies).",
    ),
)

_ORG: Final = (
    Rule("ORG_LOCKED", Meaning.PERSON, "The org is locked.", "Ask Salesforce support to unlock the org."),
    Rule("ORG_SUSPENDED", Meaning.PERSON, "The org is suspended.", "Ask Salesforce support to open the org."),
    Rule("TRIAL_EXPIRED", Meaning.PERSON, "The org's trial has ended.", "Buy the org, or connect another one."),
    Rule(
        "STORAGE_LIMIT_EXCEEDED",
        Meaning.PERSON,
        "The org's storage is full.",
        "Delete data in Salesforce or buy storage; then redrive the parked changes.",
    ),
    Rule(
        "REQUEST_LIMIT_EXCEEDED",
        Meaning.QUOTA,
        "The org's daily API quota is spent.",
        "Wait, or ask Salesforce for more API calls.",
        words="totalrequests",
    ),
    Rule(
        "REQUEST_LIMIT_EXCEEDED",
        Meaning.OUTAGE,
        "Too many long requests run in the org at once.",
        TRY_AGAIN,
        retry_after_s=30,
    ),
    Rule(
        "CONCURRENT_REQUESTS_LIMIT_EXCEEDED",
        Meaning.OUTAGE,
        "Too many long requests run in the org at once.",
        TRY_AGAIN,
        retry_after_s=30,
    ),
    Rule("API_CURRENTLY_DISABLED", Meaning.OUTAGE, "The org's API is off for the moment.", TRY_AGAIN),
    Rule("SERVER_UNAVAILABLE", Meaning.OUTAGE, "The org is not available at the moment.", TRY_AGAIN),
    Rule(
        "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
        Meaning.OUTAGE,
        "The org is read-only during maintenance.",
        TRY_AGAIN,
    ),
    Rule(
        "TXN_SECURITY_METERING_ERROR",
        Meaning.OUTAGE,
        "A transaction security policy of the org took too long.",
        TRY_AGAIN,
    ),
    Rule("UNKNOWN_EXCEPTION", Meaning.UNSURE, "Salesforce met an error of its own.", TRY_AGAIN),
    Rule("INTERNAL_SERVER_ERROR", Meaning.UNSURE, "Salesforce met an error of its own.", TRY_AGAIN),
    Rule("GATEWAY_TIMEOUT", Meaning.UNSURE, "Salesforce did not answer itself in time.", TRY_AGAIN),
)

_REQUESTS: Final = (
    *(
        Rule(code, Meaning.OURS, "The connector sent what Salesforce does not take.", _TELL_SUPPORT)
        for code in (
            "METHOD_NOT_ALLOWED",
            "UNSUPPORTED_MEDIA_TYPE",
            "JSON_PARSER_ERROR",
            "MISSING_ARGUMENT",
            "INVALID_BATCH_SIZE",
            "PROCESSING_HALTED",
            "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        )
    ),
    Rule(
        "UNSUPPORTED_API_VERSION",
        Meaning.OURS,
        "Salesforce has retired the API version in use.",
        "Update the deployment; nobody has to change anything in Salesforce.",
    ),
)

ACCESS_RULES: Final = (*_SESSION, *_USER, *_ORG, *_REQUESTS)
