"""Changed records are read whatever Salesforce ends in between: slow queries, large ones, locators."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from causeway.errors import OrgRefused, QueryTimedOut, RequestTooLarge
from causeway.pull.endings import Ended
from causeway.pull.jobs import QueryPage
from causeway.pull.planning.watermarks import SALESFORCE_BEGAN_MS

from tests.support.pull.factories import Pulling, an_id, people
from tests.support.pull.org import FakeOrg, contact_describe

SPAN = re.compile(r"SystemModstamp >=? ?(\d[\dT:-]+Z).*SystemModstamp <= ([\dT:-]+Z)")


def _edited(count: int) -> Pulling:
    """Return a pull of which so many contacts were edited, one an hour, since its last run."""
    pulling = people(count)
    pulling.pull()
    pulling.org.advance(600)
    for number in range(count):
        pulling.org.commit(an_id(number), LastName="Edited")
        pulling.org.advance(3_600)
    return pulling


def _refusing(pulling: Pulling, error: Exception, is_too_much: Callable[[str], bool]) -> list[str]:
    """Let the org refuse some queries; return all that it is asked."""
    asked, real = list[str](), pulling.org.query

    def query(soql: str, *, with_deleted: bool) -> QueryPage:
        asked.append(soql)
        if is_too_much(soql):
            raise error
        return real(soql, with_deleted=with_deleted)

    pulling.org.query = query  # type: ignore[method-assign]
    return asked


def _wider_than(seconds: int) -> Callable[[str], bool]:
    from datetime import datetime

    def is_wider(soql: str) -> bool:
        found = SPAN.search(soql)
        if found is None:
            return False
        low, high = (datetime.fromisoformat(each).timestamp() for each in found.groups())
        return high - low > seconds

    return is_wider


@pytest.mark.parametrize(
    "error", [QueryTimedOut("Too slow."), RequestTooLarge("Too large.", org_code="OPERATION_TOO_LARGE")]
)
def test_a_query_that_is_too_much_is_asked_for_less_time(error: Exception) -> None:
    pulling = _edited(6)
    asked = _refusing(pulling, error, _wider_than(7_200))
    assert sorted(record["salesforce_id"] for record in pulling.pull()) == [an_id(number) for number in range(6)]
    assert len(asked) < 12
    assert len(set(asked)) == len(asked)


def test_what_would_take_many_queries_goes_to_the_bulk_api() -> None:
    pulling = _edited(6)
    asked = _refusing(pulling, QueryTimedOut("Too slow."), lambda soql: "ORDER BY SystemModstamp" in soql)
    assert len(pulling.pull()) == 6
    assert len(asked) <= 8


def test_an_org_that_bears_neither_ends_the_run_with_a_remedy() -> None:
    pulling = _edited(2)
    _refusing(pulling, QueryTimedOut("Too slow."), lambda soql: "SystemModstamp" in soql)

    def no_jobs(*given: Any, **named: Any) -> str:
        raise OrgRefused("No more jobs today.", org_code="LIMIT")

    pulling.org.start_bulk = no_jobs  # type: ignore[method-assign]
    with pytest.raises(OrgRefused):
        pulling.run()
    assert "takes too long" in list(pulling.runs.details.values())[-1]
    assert "index" in list(pulling.runs.remedies.values())[-1]


def test_a_locator_that_ends_is_replaced_by_a_query_from_the_last_row() -> None:
    pulling = people(7, org=FakeOrg(contact_describe(), page_size=2))

    def ended(next_url: str) -> Any:
        def wait() -> QueryPage:
            raise OrgRefused("invalid query locator", org_code="INVALID_QUERY_LOCATOR")

        return wait

    pulling.org.ahead = ended  # type: ignore[method-assign]
    assert pulling.run() is Ended.DONE
    assert [record["salesforce_id"] for record in pulling.received()] == [an_id(number) for number in range(7)]


def test_the_beginning_of_salesforce_is_older_than_any_record() -> None:
    assert SALESFORCE_BEGAN_MS < 946_684_800_000  # 2000-01-01
