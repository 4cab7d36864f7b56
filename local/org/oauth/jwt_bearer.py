"""The JWT bearer flow's assertion: whose app signed it, for whom, and until when."""

from __future__ import annotations

import jwt

from ..setup.connected_apps import ConnectedApp
from ..wire.call import Call
from .errors import OAuthError
from .ports import OAuthOrg

AUDIENCES = ("https://login.salesforce.com", "https://test.salesforce.com")
MAX_LIFE_S = 300  # R: three to five minutes ahead


def subject_of_assertion(call: Call[OAuthOrg], assertion: str) -> tuple[ConnectedApp, str]:
    """Return the app that signed an assertion and the username it is for; raise OAuth's refusals."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    app = call.org.settings.apps.get(str(claims.get("iss", "")))
    if app is None:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    try:
        jwt.decode(
            assertion, app.jwt_public_key, algorithms=["RS256"], options={"verify_aud": False, "verify_exp": False}
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    if claims.get("aud") not in (*AUDIENCES, call.org.origin):
        raise OAuthError("invalid_grant", "audience is invalid")
    now_s = call.org.clock.now_ms() / 1000
    if not now_s < float(claims.get("exp", 0)) <= now_s + MAX_LIFE_S + 60:
        raise OAuthError("invalid_grant", "expired assertion")
    return app, str(claims.get("sub", ""))
