"""Requests to one org over HTTPS: counted, timed out, and sent once more with a new token after an expired session."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from causeway.connections.connection import Usage
from causeway.errors import OutcomeUnknown
from causeway.gateways.salesforce.errors import error_of, error_of_exception, is_expired_session
from causeway.gateways.salesforce.exact_json import exact_float, exact_json
from causeway.salesforce.access import Access

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0
_USAGE = re.compile(r"(?<![-\w])api-usage=(\d+)/(\d+)")  # not per-app-api-usage, which the header may hold too
_CLIENT = {"Sforce-Call-Options": "client=Causeway", "Accept-Encoding": "gzip"}


class Tokens(Protocol):
    """Renews an access that the org no longer accepts; raises ReconnectionRequired, NotConnected or a RetryableError."""

    def renewed(self, stale: Access) -> Access: ...


class _Exchange:
    """The session that simple-salesforce is given: no redirects, a timeout always, and the last answer's headers kept."""

    def __init__(self, session: requests.Session, most_s: float) -> None:
        self._session, self._most_s = session, most_s
        self.proxies = session.proxies
        self.headers: Mapping[str, str] = {}
        self.timeout_s = READ_TIMEOUT_S

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        self.headers = {}
        most_s = min(self.timeout_s, self._most_s)
        options.setdefault("timeout", (min(CONNECT_TIMEOUT_S, most_s), most_s))
        response = self._session.request(method, url, allow_redirects=False, **options)
        self.headers = response.headers
        return response


class OrgTransport:
    """
    Sends to paths under the data path of one org.

    `api_calls` counts what was sent; `on_usage` receives every `Sforce-Limit-Info`; no call waits longer than `most_s`.
    """

    def __init__(
        self,
        access: Access,
        tokens: Tokens,
        session: requests.Session,
        now_ms: Callable[[], int],
        on_usage: Callable[[Usage], object],
        most_s: float,
    ) -> None:
        self._tokens, self._now_ms, self._on_usage = tokens, now_ms, on_usage
        self._exchange = _Exchange(session, most_s)
        self.api_calls = 0
        self._use(access)

    def _use(self, access: Access) -> None:
        self.access = access
        self._wire = Salesforce(
            instance_url=access.instance_url,
            session_id=access.access_token,
            session=self._exchange,  # type: ignore[arg-type]  # it needs `request` and `proxies` of a session
            version=access.api_version,
            object_pairs_hook=None,  # plain dicts
            parse_float=exact_float,
        )
        self._wire.base_url = f"{access.instance_url}{self.data_path}/"
        self._wire.headers = {
            **_CLIENT,
            "Authorization": f"Bearer {access.access_token}",
            "Content-Type": "application/json",
        }

    @property
    def data_path(self) -> str:
        """Return the path that REST URLs of this connection start with, such as `/services/data/v66.0`."""
        return f"/services/data/v{self.access.api_version}"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers of the last answer, none before the first."""
        return self._exchange.headers

    def sent(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None = None,
        timeout_s: float = READ_TIMEOUT_S,
        options: Mapping[str, Any] = MappingProxyType({}),
    ) -> Any:
        """
        Send a call and return its JSON (None when empty).

        A call that an expired session refused is sent once more with a renewed token: it was not applied. Raises
        SalesforceError for other statuses than success.
        """
        try:
            return self._once(method, path, params, timeout_s, options)
        except SalesforceError as error:
            if not is_expired_session(int(error.status), error.content):
                raise
        self._use(self._tokens.renewed(self.access))
        return self._once(method, path, params, timeout_s, options)

    def _once(
        self, method: str, path: str, params: Mapping[str, Any] | None, timeout_s: float, options: Mapping[str, Any]
    ) -> Any:
        self._exchange.timeout_s = timeout_s
        self.api_calls += 1
        sent = {"data": exact_json(options["json"])} if "json" in options else {}
        others = {name: value for name, value in options.items() if name != "json"}
        try:
            return self._wire.restful(path, params=dict(params) if params else None, method=method, **others, **sent)
        except (
            requests.JSONDecodeError,
            TypeError,
        ):  # simple-salesforce takes the length of what it read, which a number has not
            raise OutcomeUnknown(
                "The org's answer was cut or is no JSON.", "Nothing needs to be done; it is tried again."
            ) from None
        except requests.RequestException as error:
            raise error_of_exception(error) from error
        finally:
            self._note_usage()

    def opened(
        self, path: str, params: Mapping[str, str], timeout_s: float, body: bytes | None = None
    ) -> requests.Response:
        """
        Send a GET, or a POST of a body, and return its answer unread.

        Renews like `sent`, and raises what any other status than 200 means.
        """
        response = self._opened_once(path, params, timeout_s, body)
        if response.status_code != 200 and is_expired_session(response.status_code, _json_or_none(response)):
            self._use(self._tokens.renewed(self.access))
            response = self._opened_once(path, params, timeout_s, body)
        if response.status_code != 200:
            raise error_of(response.status_code, _json_or_none(response))
        return response

    def _opened_once(
        self, path: str, params: Mapping[str, str], timeout_s: float, body: bytes | None
    ) -> requests.Response:
        self._exchange.timeout_s = timeout_s
        self.api_calls += 1
        url, headers = f"{self._wire.base_url}{path}", self._wire.headers
        try:
            method = "GET" if body is None else "POST"
            return self._exchange.request(method, url, headers=headers, params=dict(params), data=body, stream=True)
        finally:
            self._note_usage()

    def _note_usage(self) -> None:
        found = _USAGE.search(self.headers.get("Sforce-Limit-Info", ""))
        if found:
            self._on_usage(Usage(int(found[1]), int(found[2]), self._now_ms()))


def _json_or_none(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.JSONDecodeError:
        return None
