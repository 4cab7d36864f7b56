"""Large reads of the simulated org over HTTP: long lookups in one composite call, incremental pages, bulk results."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests

from tests.support.org.edge import API, running_org

PEOPLE = 20_000
PER_SECOND = 700
PAGE = 2_000


class OrgOverHttp:
    """A session of an org with twenty thousand contacts, 700 of whom share each second."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.http = requests.Session()
        self.http.headers["Authorization"] = f"Bearer {self.control('POST', 'sessions', {})['access_token']}"
        people = [
            {
                "LastName": f"P{number}",
                "Email": f"Person.{number}@Example.com",
                "SystemModstamp": f"2026-05-01T00:00:{number // PER_SECOND:02d}.000+0000",
            }
            for number in range(PEOPLE)
        ]
        self.control("POST", "records", {"sobject": "Contact", "records": people})

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call the control API."""
        return requests.request(method, f"{self.origin}/_control/{path}", json=body, timeout=30).json()

    def get(self, path: str, **query: str) -> requests.Response:
        """Send a GET with the session."""
        return self.http.get(f"{self.origin}{path}", params=query, timeout=30)

    def calls(self) -> int:
        """Return how many API calls were counted."""
        return int(self.control("GET", "stats")["api_calls"])


@pytest.fixture(scope="module")
def org() -> Iterator[OrgOverHttp]:
    with running_org() as server:
        client = OrgOverHttp(server.origin)
        yield client
        client.http.close()


def lookup(numbers: range) -> str:
    """Return a query for people by their addresses in another case than they are stored in."""
    addresses = ",".join(f"'person.{number}@example.com'" for number in numbers)
    return f"SELECT Id, Email FROM Contact WHERE Email IN ({addresses})"


def test_five_thousand_addresses_are_looked_up_in_one_call(org: OrgOverHttp) -> None:
    """Source: KB 000386264 and REST guide, composite: five queries a call, statements longer than a URL in its body."""
    before = org.calls()
    parts = [
        {
            "method": "GET",
            "url": f"{API}/query/?q={quote_plus(lookup(range(part * 1000, part * 1000 + 1000)))}",
            "referenceId": f"part{part}",
        }
        for part in range(5)
    ]
    started = time.perf_counter()
    answer = org.http.post(f"{org.origin}{API}/composite", json={"compositeRequest": parts}, timeout=30)
    took_s = time.perf_counter() - started
    results = answer.json()["compositeResponse"]
    assert [each["httpStatusCode"] for each in results] == [200] * 5
    found = {record["Email"] for each in results for record in each["body"]["records"]}
    assert found == {f"Person.{number}@Example.com" for number in range(5000)}
    assert org.calls() == before + 1
    assert took_s < 2  # about 0.06 s on an idle machine; far more means that an index was lost


def test_the_same_lookup_is_too_long_for_a_url(org: OrgOverHttp) -> None:
    """Source: REST guide, status codes: 414 beyond 16,384 bytes."""
    assert org.get(f"{API}/query", q=lookup(range(1000))).status_code == 414
    assert org.get(f"{API}/query", q=lookup(range(300))).json()["totalSize"] == 300


def test_incremental_pages_find_every_record_once(org: OrgOverHttp) -> None:
    """Source: keyset reading by SystemModstamp and Id, whose ties are longer than a page's rest."""
    seen: list[str] = []
    condition = "SystemModstamp >= 2026-05-01T00:00:00Z"
    while True:
        statement = f"SELECT Id, SystemModstamp FROM Contact WHERE {condition} ORDER BY SystemModstamp, Id LIMIT {PAGE}"
        records = org.get(f"{API}/query", q=statement).json()["records"]
        seen += [each["Id"] for each in records]
        if len(records) < PAGE:
            break
        stamp, last_id = records[-1]["SystemModstamp"].replace("+0000", "Z"), records[-1]["Id"]
        condition = f"(SystemModstamp > {stamp} OR (SystemModstamp = {stamp} AND Id > '{last_id}'))"
    assert len(seen) == len(set(seen)) == PEOPLE


def test_query_pages_and_bulk_results_hold_the_same_records(org: OrgOverHttp) -> None:
    """Source: REST guide, Query More Results; Bulk API 2.0 guide, get results for a query job."""
    statement = "SELECT Id, LastName FROM Contact WHERE LastName LIKE 'P1%' ORDER BY LastName"
    page = org.get(f"{API}/query", q=statement).json()
    paged = [(each["Id"], each["LastName"]) for each in page["records"]]
    while not page["done"]:
        page = org.get(page["nextRecordsUrl"]).json()
        paged += [(each["Id"], each["LastName"]) for each in page["records"]]
    assert len(paged) == 11_111
    assert bulk_rows(org, statement) == paged


def bulk_rows(org: OrgOverHttp, statement: str) -> list[tuple[str, str]]:
    """Return the rows of a query job, read in parts of 4,000."""
    body = {"operation": "query", "query": statement}
    job = f"{API}/jobs/query/{org.http.post(f'{org.origin}{API}/jobs/query', json=body, timeout=30).json()['id']}"
    while org.get(job).json()["state"] != "JobComplete":
        pass
    rows: list[tuple[str, str]] = []
    locator = ""
    while locator != "null":
        answer = org.get(f"{job}/results", maxRecords="4000", **({"locator": locator} if locator else {}))
        assert answer.headers["Content-Type"].startswith("text/csv")
        part = list(csv.DictReader(io.StringIO(answer.text)))
        assert len(part) == int(answer.headers["Sforce-NumberOfRecords"])
        rows += [(each["Id"], each["LastName"]) for each in part]
        locator = answer.headers["Sforce-Locator"]
    return rows
