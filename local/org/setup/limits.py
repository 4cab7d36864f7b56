"""The org's limits, which count uses: rolling 24 hours on the org's clock, and long-running requests."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..wire.messages import OrgError
from .clock import Clock
from .facts import (
    ALLOCATION_EXCEEDED_CODE,
    CONCURRENT_LONG_REQUESTS,
    CONCURRENT_REQUESTS_EXCEEDED,
    CREATABLE_PERMISSION_SETS,
    DAILY_ALLOCATIONS,
    LONG_REQUEST_S,
    TOTAL_REQUESTS_EXCEEDED,
)
from .settings import Settings

API_REQUESTS = "DailyApiRequests"
HOUR_MS = 3_600_000
SANDBOX_DAILY_REQUESTS = 5_000_000  # D limits cheat sheet, full sandbox
SMALL_EDITION_DAILY_REQUESTS = 15_000  # D limits cheat sheet, Developer Edition
PAID_BASE_DAILY_REQUESTS = 100_000
REQUESTS_PER_LICENCE = {
    "Professional Edition": 1_000,
    "Enterprise Edition": 1_000,
    "Unlimited Edition": 5_000,
    "Performance Edition": 5_000,
}


class Limits:
    """Count uses by limit and hour; refuse uses over the limit."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock, self._settings = clock, settings
        self._by_hour: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._running: dict[int, int] = {}
        self._lock = threading.Lock()

    def daily_api_limit(self) -> int:
        """Return the daily API requests that edition and licences give (limits cheat sheet)."""
        if self._settings.daily_api_limit:
            return self._settings.daily_api_limit
        if self._settings.is_sandbox:
            return SANDBOX_DAILY_REQUESTS
        per_licence = REQUESTS_PER_LICENCE.get(self._settings.edition)
        if per_licence is None:
            return SMALL_EDITION_DAILY_REQUESTS
        return PAID_BASE_DAILY_REQUESTS + per_licence * self._settings.licences

    def maximum(self, name: str) -> int:
        """Return the allocation of a limit by its name in the limits resource."""
        return self.daily_api_limit() if name == API_REQUESTS else DAILY_ALLOCATIONS[name]

    def used(self, name: str = API_REQUESTS) -> int:
        """Return the uses within the last 24 hours."""
        with self._lock:
            return self._used(name)

    def _used(self, name: str) -> int:
        oldest = self._clock.now_ms() // HOUR_MS - 24
        return sum(count for hour, count in self._by_hour[name].items() if hour > oldest)

    def use(self, name: str, amount: int = 1) -> None:
        """Count `amount` uses; raise REQUEST_LIMIT_EXCEEDED (403), or LIMIT_EXCEEDED for other allocations."""
        with self._lock:
            if self._used(name) + amount > self._hard_limit(name):
                raise _exceeded(name)
            self._by_hour[name][self._clock.now_ms() // HOUR_MS] += amount

    def set_used(self, name: str, amount: int) -> None:
        """Set the uses of the current hour, and none before."""
        if name != API_REQUESTS and name not in DAILY_ALLOCATIONS:
            raise OrgError("NOT_FOUND", f"There is no limit {name!r}; GET limits lists them.", status=404)
        with self._lock:
            self._by_hour[name] = Counter({self._clock.now_ms() // HOUR_MS: amount})

    def _hard_limit(self, name: str) -> int:
        """Paid production orgs may go over their daily requests for a while; all others are cut at the limit."""
        soft = name == API_REQUESTS and self._settings.edition in REQUESTS_PER_LICENCE and not self._settings.is_sandbox
        return round(self.maximum(name) * (1 + (self._settings.daily_overshoot if soft else 0.0)))

    @contextmanager
    def running(self, request_number: int) -> Iterator[None]:
        """Count a request among the running ones from its arrival, injected delays included."""
        with self._lock:
            self._running[request_number] = self._clock.now_ms()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(request_number, None)

    def check_concurrency(self) -> None:
        """Raise REQUEST_LIMIT_EXCEEDED when too many requests have been running for 20 seconds."""
        now_ms = self._clock.now_ms()
        with self._lock:
            long = sum(now_ms - since >= LONG_REQUEST_S * 1000 for since in self._running.values())
        if long >= self.concurrent_limit():
            raise OrgError("REQUEST_LIMIT_EXCEEDED", CONCURRENT_REQUESTS_EXCEEDED, status=403)

    def concurrent_limit(self) -> int:
        """Return how many long-running requests the org allows at once."""
        large = self._settings.is_sandbox or self._settings.edition in REQUESTS_PER_LICENCE
        return CONCURRENT_LONG_REQUESTS["paid" if large else "small"]

    def header(self) -> str:
        """Return the value of `Sforce-Limit-Info`."""
        value = f"api-usage={self.used()}/{self.daily_api_limit()}"
        if self._settings.per_app_limit:
            value += f"; per-app-api-usage={self.used()}/{self._settings.per_app_limit}(appName=connected-app)"
        return value

    def as_json(self) -> dict[str, Any]:
        """Return the body of the limits resource."""
        names = [API_REQUESTS, *DAILY_ALLOCATIONS]
        body: dict[str, Any] = {name: _entry(self.maximum(name), self.used(name)) for name in sorted(names)}
        body["PermissionSets"]["CreateCustom"] = _entry(CREATABLE_PERMISSION_SETS, self.used("PermissionSets"))
        return body


def _entry(maximum: int, used: int) -> dict[str, Any]:
    return {"Max": maximum, "Remaining": max(0, maximum - used)}


def _exceeded(name: str) -> OrgError:
    if name == API_REQUESTS:
        return OrgError("REQUEST_LIMIT_EXCEEDED", TOTAL_REQUESTS_EXCEEDED, status=403)
    return OrgError(ALLOCATION_EXCEEDED_CODE, f"{name} limit exceeded.")


class Logins:
    """Token requests per user and hour."""

    def __init__(self, clock: Clock, settings: Settings) -> None:
        self._clock, self._settings = clock, settings
        self._by_user_hour: Counter[tuple[str, int]] = Counter()

    def use(self, user_id: str) -> None:
        """Count one login; raise LOGIN_RATE_EXCEEDED when the user has none left in this hour."""
        key = (user_id, self._clock.now_ms() // HOUR_MS)
        if self._by_user_hour[key] >= self._settings.logins_per_hour:
            raise OrgError("LOGIN_RATE_EXCEEDED", "login rate exceeded", status=403)
        self._by_user_hour[key] += 1
