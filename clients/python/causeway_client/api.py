"""Call the HTTP API with AWS Signature Version 4."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from pydantic import BaseModel

from causeway_client.errors import ApiError, ApiUnavailable
from causeway_client.generated.routes import Routes
from causeway_client.timing import Clock, SystemClock, pauses_s

TIMEOUT_S = 35  # nothing takes the API longer than half a minute
ATTEMPTS = 3  # of calls that only read
SERVICE = "execute-api"
_UNAVAILABLE = frozenset(
    {429, 500, 502, 503, 504}
)  # API Gateway answers 500 for a function that the account has no room for


class CausewayApi(Routes):
    """
    The API of one deployment: one method per operation (see `Routes`), with typed answers.

    `url` is the stack's output PublicUrl. Raises ApiError with the API's own sentence, or ApiUnavailable.
    """

    def __init__(
        self,
        url: str,
        *,
        credentials: Credentials,
        region: str,
        session: requests.Session | None = None,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._url, self._credentials, self._region = url.rstrip("/"), credentials, region
        self._session = session or requests.Session()
        self._clock, self._chance = clock or SystemClock(), chance

    def call(
        self,
        method: str,
        path: str,
        *,
        body: BaseModel | Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Make one call and return the content of the answer; one that only reads is made again when nobody answers."""
        pauses = pauses_s(ATTEMPTS if method == "GET" else 1, first_s=0.5, chance=self._chance)
        while True:
            try:
                return self._once(method, self._url + path, _body_text(body), _query(query))
            except ApiUnavailable as error:
                pause = next(pauses, None)
                if pause is None:
                    raise
                self._clock.sleep(max(pause, min(error.retry_after_s or 0, TIMEOUT_S)))

    def _once(self, method: str, url: str, body: str | None, query: dict[str, str]) -> bytes:
        request = AWSRequest(method, url, data=body, params=query, headers={"Content-Type": "application/json"})
        SigV4Auth(self._credentials, SERVICE, self._region).add_auth(request)
        prepared = request.prepare()
        try:
            response = self._session.request(
                method, prepared.url, data=body, headers=dict(prepared.headers.items()), timeout=TIMEOUT_S
            )
        except (requests.ConnectionError, requests.Timeout) as error:
            raise ApiUnavailable(0, "no_answer", f"The API at {self._url} did not answer.") from error
        if response.status_code >= 400:
            raise _refusal(response)
        return response.content


def _body_text(body: BaseModel | Mapping[str, Any] | None) -> str | None:
    if body is None:
        return None
    plain = body.model_dump(mode="json", exclude_unset=True) if isinstance(body, BaseModel) else body
    return json.dumps(plain, ensure_ascii=True)


def _query(query: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the query's values as text; what is None is left out."""
    given = {name: value for name, value in (query or {}).items() if value is not None}
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


def _refusal(response: requests.Response) -> ApiError:
    kind = ApiUnavailable if response.status_code in _UNAVAILABLE else ApiError
    error = _error_body(response)
    found = kind(
        response.status_code,
        str(error.get("code", f"http_{response.status_code}")),
        str(error.get("message") or f"The API answered {response.status_code}."),
        str(error.get("remedy") or ""),
        tuple(error.get("fields") or ()),
        str(error.get("request_id") or response.headers.get("x-amzn-RequestId", "")),
    )
    if isinstance(found, ApiUnavailable):
        after = response.headers.get("Retry-After", "")
        found.retry_after_s = float(after) if after.isdecimal() else None
    return found


def _error_body(response: requests.Response) -> Mapping[str, Any]:
    """Return the error of the answer; API Gateway's own refusals say only `message`."""
    try:
        raw = response.json()
    except ValueError:
        return {}
    if not isinstance(raw, Mapping):
        return {}
    error = raw.get("error")
    return error if isinstance(error, Mapping) else {"message": raw.get("message") or raw.get("Message")}
