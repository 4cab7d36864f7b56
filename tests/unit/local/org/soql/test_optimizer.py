"""The optimizer that the setting `optimizer_rows` plays: what is too slow on large tables."""

from __future__ import annotations

import pytest

from tests.support.org.bulk import BulkClient
from tests.support.org.edge import API, Client, error_code

ROWS = 50
SLOW = [
    "SELECT Id FROM Contact WHERE Email = 'a@example.com' OR AccountId = '001000000000001AAA'",
    "SELECT Id FROM Contact WHERE Email IN ('a@example.com') OR Name IN ('Ada')",
    "SELECT Id FROM Contact WHERE LastName = 'Doe' AND (Email = 'a@example.com' OR Phone = '1')",
    "SELECT COUNT() FROM Contact WHERE Email = 'a@example.com' OR Id = '003000000000001AAA'",
    "SELECT Id FROM Contact WHERE Email = 'a@example.com' AND Id IN (SELECT ContactId FROM CampaignMember)",
    "SELECT Id FROM Contact WHERE AccountId NOT IN (SELECT Id FROM Account)",
    "SELECT COUNT(Id) FROM Contact WHERE Email = 'a' OR Title = 'b'",
]
FAST = [
    "SELECT Id FROM Contact",
    "SELECT Id FROM Contact WHERE Email = 'a@example.com' OR Email = 'b@example.com'",
    "SELECT Id FROM Contact WHERE Email IN ('a@example.com') AND (Title = 'x' OR Phone = '1')",
    "SELECT Id FROM Contact WHERE LastName LIKE 'D%'",
    "SELECT Id FROM Contact WHERE (SystemModstamp > 2026-01-01T00:00:00Z OR (SystemModstamp = 2026-01-01T00:00:00Z AND "
    "Id > '003000000000001AAA')) AND SystemModstamp <= 2026-02-01T00:00:00Z ORDER BY SystemModstamp, Id",
    "SELECT Id FROM Lead WHERE Email = 'a@example.com' OR Company = 'Acme'",
]


def a_large_org(client: Client) -> None:
    people = [{"LastName": f"P{number}"} for number in range(ROWS + 1)]
    client.control("POST", "records", {"sobject": "Contact", "records": people})
    client.settings(optimizer_rows=ROWS)


@pytest.mark.parametrize("soql", SLOW)
def test_an_or_over_fields_and_a_semi_join_time_out_on_a_large_table(soql: str) -> None:
    """Source: large data volumes guide, query optimizer: each filter of an OR must be selective; community reports."""
    client = Client()
    a_large_org(client)
    answer = client.send("GET", f"{API}/query", {"q": soql}, headers=client.session())
    assert error_code(answer) == (400, "QUERY_TIMEOUT")


@pytest.mark.parametrize("soql", FAST)
def test_what_an_index_leads_or_what_reads_a_small_table_is_answered(soql: str) -> None:
    client = Client()
    a_large_org(client)
    assert client.send("GET", f"{API}/query", {"q": soql}, headers=client.session()).status == 200


@pytest.mark.parametrize("soql", SLOW)
def test_without_the_setting_nothing_is_slow(soql: str) -> None:
    client = Client()
    a_large_org(client)
    client.settings(optimizer_rows=0)
    assert client.send("GET", f"{API}/query", {"q": soql}, headers=client.session()).status == 200


def test_a_query_job_fails_with_the_same_reason() -> None:
    client = BulkClient()
    a_large_org(client)
    job = client.finished("query", client.query_job(SLOW[0]))
    message = "QUERY_TIMEOUT: Your query request was running for too long."
    assert (job["state"], job["errorMessage"]) == ("Failed", message)
