"""The org must not be what a benchmark measures: the figures it promises, on two cores, best of three where a call is timed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any
from urllib.parse import quote_plus

from tests.support.org.rest_client import OrgClient

CONTACTS = 100_000
PER_REQUEST = 10_000


def seconds(call: Callable[[], Any]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def a_person(number: int) -> dict[str, str]:
    return {
        "FirstName": f"F{number}",
        "LastName": f"L{number % 5000}",
        "Email": f"user{number}@example.com",
        "Phone": "555-0100",
    }


def collection(reference: int, run: int) -> dict[str, Any]:
    records = [
        {"attributes": {"type": "Contact"}, "FirstName": "N", "LastName": f"{run}-{reference}-{n}", "Phone": "555-0100"}
        for n in range(200)
    ]
    return {"method": "POST", "url": "composite/sobjects", "referenceId": f"c{reference}", "body": {"records": records}}


def test_a_large_org_answers_fast(org: OrgClient) -> None:
    """100,000 contacts in 20 s; a read of 1,000 of their addresses in 150 ms; five collections of 200 in 400 ms."""

    def load() -> None:
        for first in range(0, CONTACTS, PER_REQUEST):
            org.load("Contact", *(a_person(number) for number in range(first, first + PER_REQUEST)))

    assert seconds(load) < 20

    addresses = ",".join(f"'USER{number * 97}@example.com'" for number in range(1000))
    soql = f"SELECT Id, FirstName, LastName, Email, Account.Owner.Email FROM Contact WHERE Email IN ({addresses})"
    read = {"method": "GET", "url": f"query/?q={quote_plus(soql)}", "referenceId": "people"}
    found = org.composite(read).body["compositeResponse"][0]["body"]["totalSize"]
    assert found == 1000
    assert min(seconds(lambda: org.composite(read)) for _ in range(3)) < 0.15

    assert min(seconds(partial(org.composite, *(collection(n, run) for n in range(5)))) for run in range(3)) < 0.4
    assert len(org.query("SELECT Id FROM Contact WHERE LastName = '2-4-199'")) == 1
