"""
Facts about OAuth, sessions and SOAP login() that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

SESSION_EXPIRED = "Session expired or invalid"  # D SOAP guide, error handling
SESSION_NOT_FOR_REST = "This session is not valid for use with the REST API"  # C jsforce: no refresh helps
AUTHORIZATION_CODE_LIFE_S = 15 * 60  # D help remoteaccess_oauth_terminology
APPROVALS_PER_USER_AND_APP = 5  # D (help mirror): the sixth approval revokes the oldest token without a word
WRONG_VERIFIER = (
    "invalid_grant",
    "invalid code verifier",
)  # D, but releases differ: invalid_request was documented too
MISSING_VERIFIER = ("invalid_grant", "invalid code verifier")  # R text; D error
MISSING_CHALLENGE = ("invalid_request", "missing required code challenge")  # C
REUSED_CODE = ("invalid_grant", "expired authorization code")  # C
UNKNOWN_CODE = ("invalid_grant", "invalid authorization code")  # D
DEAD_REFRESH_TOKEN = ("invalid_grant", "expired access/refresh token")  # D
TOKEN_REQUEST_IN_PROGRESS = ("invalid_grant", "token request is already being processed")  # C segment, PostHog
IDENTITY_SCOPES = frozenset({"id", "openid", "profile", "email", "address", "phone", "full"})
"""Scopes that read the identity URL and userinfo (D: id, profile, email, address, phone; R: that `api` alone does not)."""
SOAP_LOGIN_GONE_FROM = 65  # R: SOAP login() left the API with Summer '25's successor and works up to v64
