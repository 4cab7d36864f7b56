"""The org's sObjects and their fields: cached per tenant and org, refreshed cheaply, and watched for drift."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import replace
from dataclasses import dataclass
from typing import Any, Protocol

from causeway.errors import MissingPermission, NotFound, OrgUnavailable, RejectedError
from causeway.salesforce.access import Access
from causeway.salesforce.describe import SObjectDescribe
from causeway.salesforce.soql import literal
from causeway.syncs.discovery.answers import DESCRIBE, LIST, RULES_OF_SOBJECT, Form, SObjectSummary, ValidationRule

MAX_AGE_MS = 15 * 60_000  # younger answers are used without asking the org
FORCED_AGAIN_AFTER_MS = 30_000  # a batch full of refused fields asks the org once, not once a record
FORCED_AT_MOST_AFTER_MS = 240_000  # and less often while its answer stays the same
# Further names in the cache; no sObject has such a name.
ALL_SOBJECTS = "*"
RULES = "~rules"
MAX_REMEMBERED = 200  # describes held in memory by one execution environment


class Cached(Protocol):
    """A cached answer: its JSON, the `Last-Modified` it came with, and when it was last known good (epoch ms)."""

    @property
    def body(self) -> Any: ...
    @property
    def last_modified(self) -> str: ...
    @property
    def checked_at_ms(self) -> int: ...


class DescribeCache(Protocol):
    """Where describes are kept between execution environments."""

    def get(self, tenant: str, org_id: str, name: str) -> Cached | None: ...
    def put(self, tenant: str, org_id: str, name: str, body: Any, last_modified: str, checked_at_ms: int) -> None: ...
    def note_checked(self, tenant: str, org_id: str, name: str, checked_at_ms: int) -> None: ...


class DescribingOrg(Protocol):
    """
    The tenant's org.

    Both calls return the JSON and its `Last-Modified` ("" when none), or None when nothing changed since
    `modified_since` (an HTTP date, "" to read in any case). `describe` raises NotFound for an sObject that the user cannot see.
    """

    @property
    def access(self) -> Access: ...
    def describe(self, sobject: str, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None: ...
    def describe_global(self, modified_since: str = "") -> tuple[Mapping[str, Any], str] | None: ...
    def get(self, path: str, **params: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class _Known[T]:
    value: T
    last_modified: str
    checked_at_ms: int


type _Place = tuple[str, str, str]
type _Read = Callable[[str], tuple[Mapping[str, Any], str] | None]


class Discovery:
    """
    Describes through memory, then the cache, then the org.

    `orgs` gives a tenant's org (and raises NotConnected or ReconnectionRequired); `changed` is called for every sObject whose
    describe differs from the cached one.
    """

    def __init__(
        self,
        orgs: Callable[[str], DescribingOrg],
        cache: DescribeCache,
        now_ms: Callable[[], int],
        changed: Callable[[str, SObjectDescribe, SObjectDescribe], None] = lambda tenant, before, after: None,
    ) -> None:
        self._orgs, self._cache, self._now_ms, self._changed = orgs, cache, now_ms, changed
        self._memory: dict[_Place, _Known[Any]] = {}
        self._forced: dict[_Place, tuple[int, int]] = {}  # when the org was last asked, and for how long that holds
        self._not_found_at_ms: dict[_Place, int] = {}

    def described(
        self,
        tenant: str,
        sobject: str,
        *,
        max_age_ms: int = MAX_AGE_MS,
        fresh: bool = False,
        since_ms: int = 0,
        not_found_ms: int = 0,
        is_read_anew: bool = False,
    ) -> SObjectDescribe:
        """
        Return an sObject as the connected user sees it, at most `max_age_ms` old, and not older than `since_ms` (epoch ms).

        With `is_read_anew` the cache is looked at first: other execution environments may have learned something since.
        `fresh` reads it again whatever is cached: the org just refused a field, or a field is missing. That is done seldom while the
        answer stays the same. An sObject that the user could not see is not asked for again for `not_found_ms`. Raises NotFound,
        NotConnected, ReconnectionRequired or a RetryableError.
        """
        org = self._orgs(tenant)
        place = (tenant, org.access.org_id, sobject.lower())
        not_found_at_ms = self._not_found_at_ms.get(place, -not_found_ms)
        if self._now_ms() - not_found_at_ms < not_found_ms and not_found_at_ms >= since_ms:
            raise NotFound(f"The connected user cannot see {sobject}.", "Give the user access to it in Salesforce.")
        before = self._known(place, DESCRIBE, max_age_ms, fresh=fresh or is_read_anew, since_ms=since_ms)
        is_forced = (before is not None and before.checked_at_ms < since_ms) or (fresh and self._may_force(place))

        def changed(known: SObjectDescribe, found: SObjectDescribe) -> None:
            self._forced.pop(place, None)
            self._changed(tenant, known, found)

        try:
            after = self._now(
                place, DESCRIBE, before, lambda since: org.describe(sobject, since), max_age_ms, is_forced, changed
            )
        except NotFound:
            self._not_found_at_ms[place] = self._now_ms()
            raise
        self._not_found_at_ms.pop(place, None)
        return after

    def described_now(self, tenant: str, sobject: str) -> SObjectDescribe:
        """Return an sObject as the org describes it at this moment: a person asks. Raises what `described` raises."""
        return self.described(tenant, sobject, since_ms=self._now_ms() + 1)

    def known_at_ms(self, tenant: str, sobject: str) -> int:
        """Return when the describe that `described` gave last was known to be true (epoch ms), 0 when there was none."""
        known = self._memory.get((tenant, self._orgs(tenant).access.org_id, sobject.lower()))
        return known.checked_at_ms if known else 0

    def count_learned(self, tenant: str, sobject: str, name: str, count: str) -> None:
        """Remember with the describe how the org counts the length of a field's texts; it stays while the field keeps its length."""
        place = (tenant, self._orgs(tenant).access.org_id, sobject.lower())
        known = self._known(place, DESCRIBE, MAX_AGE_MS)
        if known is None or not (field := known.value.field(name)) or field.text_count == count:
            return
        fields = tuple(replace(each, text_count=count) if each is field else each for each in known.value.fields)
        later_ms = known.checked_at_ms + 1  # so that it is newer than what others remember
        found = _Known(replace(known.value, fields=fields), known.last_modified, later_ms)
        self._cache.put(*place, DESCRIBE.encoded(found.value), found.last_modified, found.checked_at_ms)
        self._remembered(place, found)

    def is_described(self, tenant: str, sobject: str) -> bool:
        """Return whether this execution environment described the sObject before, or did not find it."""
        place = (tenant, self._orgs(tenant).access.org_id, sobject.lower())
        return place in self._memory or place in self._not_found_at_ms

    def sobjects(self, tenant: str, *, max_age_ms: int = MAX_AGE_MS, fresh: bool = False) -> tuple[SObjectSummary, ...]:
        """Return every sObject that the connected user can read or create, by label."""
        org = self._orgs(tenant)
        place = (tenant, org.access.org_id, ALL_SOBJECTS)
        before = self._known(place, LIST, max_age_ms)
        return self._now(place, LIST, before, org.describe_global, max_age_ms, fresh and self._may_force(place))

    def validation_rules(self, tenant: str, sobject: str, *, fresh: bool = False) -> tuple[ValidationRule, ...] | None:
        """
        Return an sObject's active validation rules, or None where the connected user may not read them (Tooling API).

        `fresh` reads them again whatever is cached.
        """
        org = self._orgs(tenant)
        place = (tenant, org.access.org_id, f"{sobject.lower()}{RULES}")
        known = self._known(place, RULES_OF_SOBJECT, MAX_AGE_MS)
        is_young = known is not None and self._now_ms() - known.checked_at_ms < MAX_AGE_MS
        if known is not None and is_young and not (fresh and self._may_force(place)):
            return self._remembered(place, known)
        return self._kept(place, RULES_OF_SOBJECT, (_rules(org, sobject), ""), self._now_ms())

    def _known[T](
        self, place: _Place, form: Form[T], max_age_ms: int, *, fresh: bool = False, since_ms: int = 0
    ) -> _Known[T] | None:
        """Return what memory holds, or what the cache holds when memory's is missing or too old; the newer one to read it `fresh`."""
        remembered: _Known[T] | None = self._memory.get(place)
        is_young = remembered is not None and self._now_ms() - remembered.checked_at_ms < max_age_ms
        if remembered is not None and is_young and not fresh and remembered.checked_at_ms >= since_ms:
            return remembered
        cached = self._cache.get(*place)
        if cached is None or (remembered is not None and cached.checked_at_ms <= remembered.checked_at_ms):
            return remembered
        return _Known(form.decoded(cached.body), cached.last_modified, cached.checked_at_ms)

    def _now[T](
        self,
        place: _Place,
        form: Form[T],
        known: _Known[T] | None,
        read: _Read,
        max_age_ms: int,
        is_forced: bool,
        changed: Callable[[T, T], None] = lambda known, found: None,
    ) -> T:
        now_ms = self._now_ms()
        if known is None or is_forced:
            return self._kept(place, form, _unconditional(read), now_ms, known, changed)
        if now_ms - known.checked_at_ms < max_age_ms:
            return self._remembered(place, known)
        answer = read(known.last_modified)
        if answer is not None:
            return self._kept(place, form, answer, now_ms, known, changed)
        self._cache.note_checked(*place, now_ms)
        return self._remembered(place, _Known(known.value, known.last_modified, now_ms))

    def _kept[T](
        self,
        place: _Place,
        form: Form[T],
        answer: tuple[Mapping[str, Any], str],
        now_ms: int,
        before: _Known[T] | None = None,
        changed: Callable[[T, T], None] = lambda known, found: None,
    ) -> T:
        """Keep an answer, after what differs from before was reported: whoever could not report it reads and reports it again."""
        body, last_modified = answer
        found = form.parsed(body) if before is None else form.learned(before.value, form.parsed(body))
        self._remembered(place, _Known(found, last_modified, now_ms))
        try:
            if before is not None and before.value != found:
                changed(before.value, found)
            self._cache.put(*place, form.encoded(found), last_modified, now_ms)
        except BaseException:
            self._memory.pop(place, None)
            raise
        return found

    def _remembered[T](self, place: _Place, known: _Known[T]) -> T:
        self._memory.pop(place, None)
        self._memory[place] = known
        if len(self._memory) > MAX_REMEMBERED:
            self._memory.pop(next(iter(self._memory)))
        return known.value

    def _may_force(self, place: _Place) -> bool:
        """Return whether the org is asked again; a further time in a row only after twice as long, until an answer differs."""
        now_ms, last = self._now_ms(), self._forced.get(place)
        if last is not None and now_ms - last[0] < last[1]:
            return False
        is_in_a_row = last is not None and now_ms - last[0] < 2 * FORCED_AT_MOST_AFTER_MS
        again_after_ms = min(2 * last[1], FORCED_AT_MOST_AFTER_MS) if last and is_in_a_row else FORCED_AGAIN_AFTER_MS
        self._forced[place] = (now_ms, again_after_ms)
        return True


def _unconditional(read: _Read) -> tuple[Mapping[str, Any], str]:
    answer = read("")
    if answer is None:
        raise OrgUnavailable("The org answered 'not modified' to a question that set no condition.", "Try again.")
    return answer


def _rules(org: DescribingOrg, sobject: str) -> Mapping[str, Any]:
    soql = (
        "SELECT ValidationName, ErrorMessage, ErrorDisplayField FROM ValidationRule"
        f" WHERE Active = true AND EntityDefinition.QualifiedApiName = {literal(sobject)}"
    )
    try:
        page: Mapping[str, Any] = org.get("tooling/query", q=soql)
    except (RejectedError, MissingPermission):
        return {}
    return page
