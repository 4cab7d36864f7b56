"""OAuth's refusals: a JSON object at the token endpoint, query parameters on the way back to the app."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from ..wire.messages import Response

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class OAuthError(Exception):
    """An OAuth refusal: `error`, `error_description` and the status of the token endpoint's answer."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error, self.description, self.status = error, description, status

    def response(self) -> Response:
        """Return the token endpoint's answer."""
        body = {"error": self.error, "error_description": self.description}
        return Response(self.status, body, dict(NO_STORE))

    def redirect(self, redirect_uri: str, state: str | None) -> Response:
        """Return the redirect that reports the refusal to the app."""
        return redirect_to(redirect_uri, {"error": self.error, "error_description": self.description}, state)


def redirect_to(redirect_uri: str, answer: dict[str, str], state: str | None) -> Response:
    """Send the browser back to the app with `answer` and the app's own state."""
    if state is not None:
        answer = {**answer, "state": state}
    separator = "&" if "?" in redirect_uri else "?"
    location = redirect_uri + separator + urlencode(answer, quote_via=quote, safe="")
    return Response(302, headers={"Location": location, **NO_STORE})
