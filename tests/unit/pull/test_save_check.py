"""What the save check says of a pull: its stamp, its length, and the org's own answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from causeway.errors import CausewayError, OrgRefused, OrgUnavailable, QueryTimedOut
from causeway.pull.jobs import QueryPage
from causeway.pull.save_check import pull_problems
from causeway.salesforce.describe import FieldDescribe, SObjectDescribe
from causeway.salesforce.stamps import MAX_COMPARED_ROWS
from causeway.syncs.sync import PullRules

from tests.support.pull.factories import a_pull
from tests.support.pull.org import contact_describe, described

NOW_MS = 1_795_168_800_000
RELATED = {"Account": described("Account", "Name", "Industry")}


class Asked:
    """An org that answers, or refuses, the one query of a save check."""

    def __init__(
        self, error: CausewayError | None = None, rows: int = 3, refuses: str = "", first_id: str = ""
    ) -> None:
        self.error, self.rows, self.asked, self.refuses, self.first_id = error, rows, list[str](), refuses, first_id

    def query(self, soql: str, *, with_deleted: bool) -> QueryPage:
        self.asked.append(soql)
        if self.error and self.refuses in soql:
            raise self.error
        return QueryPage([{"Id": self.first_id}] if self.first_id else [], None)

    def count(self, soql: str, *, with_deleted: bool) -> int:
        return self.rows

    def about_how_many(self, sobject: str) -> int:
        return self.rows


def codes(
    org: Asked | Callable[[], Asked], describe: SObjectDescribe | None = None, **changes: Any
) -> list[tuple[str, str]]:
    found = pull_problems(
        a_pull(**changes), describe or contact_describe(), RELATED, org if callable(org) else lambda: org, NOW_MS
    )
    return [(problem.level, problem.code) for problem in found]


def without(*names: str) -> SObjectDescribe:
    known = contact_describe()
    return replace(known, fields=tuple(each for each in known.fields if each.name not in names))


def with_account() -> SObjectDescribe:
    account = FieldDescribe("AccountId", "Account", "reference", relationship_name="Account", reference_to=("Account",))
    return contact_describe(account)


def test_a_sync_that_can_be_read_has_no_problems_and_costs_a_query_for_each_way_of_reading() -> None:
    org = Asked()
    assert codes(org) == []
    assert len(org.asked) == 2  # without deleted rows, and with them
    assert all(query.endswith("LIMIT 1") for query in org.asked)
    without_deletes = Asked()
    assert codes(without_deletes, pull={"deletes": False}) == []
    assert len(without_deletes.asked) == 1


def test_what_salesforce_refuses_for_good_is_an_error_in_its_words() -> None:
    error = OrgRefused("requires a filter by a single Id", org_code="MALFORMED_QUERY")
    (found,) = pull_problems(a_pull(), contact_describe(), {}, lambda: Asked(error), NOW_MS)
    assert (found.level, found.code) == ("error", "query_refused")
    assert "requires a filter by a single Id" in found.message


BY_ACCOUNT = PullRules(filter={"field": "Account.Industry", "operator": "equals", "value": "Banking"})


@pytest.mark.parametrize(
    ("refuses", "pull"),
    [
        ("ORDER BY SystemModstamp, Id", PullRules()),  # an object whose rows Salesforce does not sort by their stamp
        ("SystemModstamp <=", PullRules()),  # a big object, filtered by its index only
        ("ORDER BY Id", BY_ACCOUNT),  # the daily sweep's way
    ],
)
def test_what_a_run_would_ask_and_salesforce_refuses_is_an_error_when_saved(refuses: str, pull: PullRules) -> None:
    error = OrgRefused("not allowed here", org_code="MALFORMED_QUERY")
    assert codes(Asked(error, refuses=refuses), with_account(), pull=pull) == [("error", "query_refused")]


def test_records_that_salesforce_makes_up_without_ids_are_refused() -> None:
    assert codes(Asked(first_id="000000000000000AAA")) == [("error", "records_without_ids")]


def test_a_slow_query_is_a_warning() -> None:
    assert codes(Asked(QueryTimedOut("Too slow."))) == [("warning", "query_slow")]


@pytest.mark.parametrize(
    "error",
    [OrgUnavailable("Not now."), OrgRefused("No such column 'Website' on entity 'Account'", org_code="INVALID_FIELD")],
)
def test_what_passes_or_is_left_out_by_a_run_is_no_problem(error: CausewayError) -> None:
    assert codes(Asked(error)) == []


def test_an_sobject_without_a_stamp_is_compared_while_it_is_small() -> None:
    describe = without("SystemModstamp", "CreatedDate")
    assert codes(Asked(rows=MAX_COMPARED_ROWS), describe) == [("warning", "compared_each_run")]
    assert codes(Asked(rows=MAX_COMPARED_ROWS + 1), describe) == [("error", "too_many_to_compare")]


def test_a_stamp_that_is_set_once_is_a_warning_where_records_change() -> None:
    assert codes(Asked(), without("SystemModstamp")) == [("warning", "changes_not_stamped")]


def test_an_sobject_without_a_delete_log_is_a_warning_where_deletes_are_wanted() -> None:
    describe = replace(contact_describe(), replicateable=False)
    assert codes(Asked(), describe) == [("warning", "deletes_not_logged")]
    assert codes(Asked(), describe, pull={"deletes": False}) == []


def test_a_query_longer_than_salesforce_takes_is_refused_without_asking() -> None:
    names = [f"A_long_name_of_a_field_that_somebody_made_{number:04d}__c" for number in range(2_000)]
    describe = contact_describe(*(FieldDescribe(name, name, "string", 20) for name in names))
    org = Asked()
    found = codes(org, describe, mappings=[{"product": f"p{n}", "salesforce": name} for n, name in enumerate(names)])
    assert found == [("error", "query_too_long")]
    assert org.asked == []
