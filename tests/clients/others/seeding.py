"""What the org holds before a client tours it."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

PEOPLE, COMPANIES = 30, 5
EXTERNAL_KEY = {"name": "Key__c", "label": "Key", "type": "string", "length": 40, "externalId": True, "unique": True}


def seed(origin: str) -> None:
    """Fill an org with companies, people and what they have, with external IDs; bulk jobs are done at once."""
    _control(origin, "settings", {"bulk_polls": 0}, "PATCH")
    sobjects = [{"name": name, "fields": [EXTERNAL_KEY]} for name in ("Account", "Contact", "Lead")]
    _control(origin, "schema", {"sobjects": sobjects})
    accounts = _load(
        origin,
        "Account",
        [{"Name": f"Company {n}", "Key__c": f"a-{n}", "Phone": f"+1 415 555 010{n}"} for n in range(COMPANIES)],
    )
    contacts = _load(origin, "Contact", [_contact(n, accounts[n % COMPANIES]) for n in range(PEOPLE)])
    _load(origin, "Lead", [{"LastName": f"Lead {n}", "Company": "Initech", "Key__c": f"l-{n}"} for n in range(PEOPLE)])
    deal = {"StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": 100.5}
    _load(origin, "Opportunity", [{"Name": f"Deal {n}", "AccountId": each, **deal} for n, each in enumerate(accounts)])
    _load(
        origin,
        "Task",
        [{"Subject": f"Call {n}", "WhoId": each, "Status": "Not Started"} for n, each in enumerate(contacts)],
    )
    _load(origin, "Campaign", [{"Name": "Spring", "IsActive": True}])


def _contact(number: int, account_id: str) -> dict[str, Any]:
    return {
        "FirstName": "Jo",
        "LastName": f"Doe {number}",
        "Email": f"jo.{number}@example.com",
        "Birthdate": "1970-01-02",
        "AccountId": account_id,
        "Key__c": f"c-{number}",
        **({"SystemModstamp": "2026-02-01T00:00:00.000+0000"} if number % 2 else {}),
        "Description": 'one line\n"two", three;\u00e9',
    }


def _load(origin: str, sobject: str, records: list[dict[str, Any]]) -> list[str]:
    return list(_control(origin, "records", {"sobject": sobject, "records": records})["ids"])


def _control(origin: str, path: str, body: Any, method: str = "POST") -> Any:
    with urlopen(Request(f"{origin}/_control/{path}", json.dumps(body).encode(), method=method)) as answer:
        return json.loads(answer.read() or b"null")
