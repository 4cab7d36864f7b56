"""SOSL and parameterized search: terms, groups of fields, what is returned, limits, malformed searches."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.org.wire.messages import Response
from tests.support.org.edge import API, Client, error_code

CONTACTS = [
    {
        "FirstName": "Jo",
        "LastName": "Smith",
        "Email": "jo.smith@acme.example",
        "Phone": "(415) 555-0100",
        "Title": "CEO",
    },
    {"FirstName": "Joe", "LastName": "Smythe", "Email": "joe@globex.example", "MobilePhone": "+1 415 555 0199"},
    {"FirstName": "Ann", "LastName": "O'Neill-Berg", "Email": "ann+news@acme.example", "Title": "Smith's assistant"},
]


class Searcher(Client):
    """A client with a session in an org with three contacts, an account and a lead."""

    def __init__(self) -> None:
        super().__init__()
        self.headers = self.session()
        self.control("POST", "records", {"sobject": "Contact", "records": CONTACTS})
        self.control("POST", "records", {"sobject": "Account", "records": [{"Name": "Smith & Sons"}]})
        self.control("POST", "records", {"sobject": "Lead", "records": [{"LastName": "Smith", "Company": "Initech"}]})

    def search(self, statement: str) -> Response:
        """Send a statement."""
        return self.get("/search", self.headers, q=statement)

    def found(self, statement: str) -> list[dict[str, Any]]:
        """Return the records of a statement."""
        answer = self.search(statement)
        assert answer.status == 200, answer.body
        return list(answer.body["searchRecords"])

    def last_names(self, terms: str, group: str = "ALL") -> set[str]:
        """Return the last names of the contacts found."""
        return {
            each["LastName"] for each in self.found(f"FIND {{{terms}}} IN {group} FIELDS RETURNING Contact(LastName)")
        }


@pytest.mark.parametrize(
    ("terms", "group", "names"),
    [
        ("smith", "NAME", {"Smith"}),
        ("smith", "ALL", {"Smith", "O'Neill-Berg"}),
        ("SM*", "NAME", {"Smith", "Smythe"}),
        ("Sm?th*", "NAME", {"Smith", "Smythe"}),
        ("Jo Smith", "NAME", {"Smith"}),
        ('"Smith Jo"', "NAME", set()),
        ('"Jo Smith"', "ALL", {"Smith"}),
        ("smith OR smythe", "NAME", {"Smith", "Smythe"}),
        ("jo* AND NOT smythe", "NAME", {"Smith"}),
        ("(smith OR smythe) AND joe", "NAME", {"Smythe"}),
        ("jo.smith@acme.example", "EMAIL", {"Smith"}),
        ("acme.example", "EMAIL", {"Smith", "O'Neill-Berg"}),
        ("smith", "PHONE", set()),
        ("4155550100", "PHONE", {"Smith"}),
        (r"555\-0100", "PHONE", {"Smith"}),
        ("CEO", "SIDEBAR", set()),
        (r"O\'Neill\-Berg", "NAME", {"O'Neill-Berg"}),
        (r"ann\+news@acme.example", "EMAIL", {"O'Neill-Berg"}),
        ('"or"', "NAME", set()),
    ],
)
def test_terms_find_records_in_their_group_of_fields(terms: str, group: str, names: set[str]) -> None:
    """Source: SOSL guide, FIND and IN: words, phrases, wildcards, operators, escapes; case does not matter."""
    assert Searcher().last_names(terms, group) == names


def test_without_returning_the_ids_of_every_sobject_come() -> None:
    """Source: SOSL guide, RETURNING."""
    found = Searcher().found("FIND {smith}")
    assert {each["attributes"]["type"] for each in found} == {"Account", "Contact", "Lead"}
    assert set(found[0]) == {"attributes", "Id"}
    assert found[0]["attributes"]["url"].startswith(f"{API}/sobjects/")


def test_returning_takes_conditions_order_and_limit() -> None:
    client = Searcher()
    statement = "FIND {sm*} IN NAME FIELDS RETURNING Contact(Id, LastName WHERE Email != null ORDER BY LastName DESC LIMIT 1), Lead"
    contact, lead = client.found(statement)
    assert (contact["LastName"], lead["attributes"]["type"]) == ("Smythe", "Lead")
    with_parentheses = "FIND {sm*} RETURNING Contact(LastName WHERE (Title = 'x)' OR Title = 'CEO') LIMIT 5)"
    assert [each["LastName"] for each in client.found(with_parentheses)] == ["Smith"]


def test_a_limit_is_shared_evenly() -> None:
    """Source: SOSL guide, LIMIT: of many accounts and contacts each gets its half."""
    client = Searcher()
    for name, values in (("Account", {"Name": "Twin"}), ("Lead", {"LastName": "Twin", "Company": "x"})):
        client.control("POST", "records", {"sobject": name, "records": [values] * (3 if name == "Lead" else 9)})
    found = client.found("FIND {twin} RETURNING Account, Contact, Lead LIMIT 8")
    kinds = [each["attributes"]["type"] for each in found]
    assert (kinds.count("Account"), kinds.count("Lead")) == (5, 3)


def test_deleted_records_are_not_found() -> None:
    client = Searcher()
    (lead,) = client.found("FIND {smith} RETURNING Lead")
    client.control("POST", "delete", {"ids": [lead["Id"]]})
    assert client.found("FIND {smith} RETURNING Lead") == []


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("", "MALFORMED_SEARCH", "A search string has to be specified"),
        ("FIND smith", "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces."),
        ("FIND {}", "MALFORMED_SEARCH", "No search term found. The search term must be enclosed in braces."),
        ("FIND {s*}", "MALFORMED_SEARCH", "search term must be longer than one character: s*"),
        ("FIND {o'neill}", "MALFORMED_SEARCH", "Malformed search token: '"),
        ("FIND {(joe}", "MALFORMED_SEARCH", "Malformed search token: <EOF>"),
        ("FIND {joe AND}", "MALFORMED_SEARCH", "Malformed search token: <EOF>"),
        ("FIND {joe} RETURNING Nope", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("FIND {joe} RETURNING Contact(Nope)", "INVALID_FIELD", ""),
        ("FIND {nothing} RETURNING Contact(Nope)", "INVALID_FIELD", ""),
        ("FIND {joe} RETURNING Contact(Id LIMIT x)", "MALFORMED_QUERY", ""),
        ("FIND {joe} RETURNING Contact(", "MALFORMED_SEARCH", ""),
        ("FIND {joe} RETURNING Contact() LIMIT 1", "MALFORMED_SEARCH", ""),
        ("FIND {joe} LIMIT 0", "MALFORMED_SEARCH", ""),
        ("FIND {joe} WITH NETWORK = 'x'", "FUNCTIONALITY_NOT_ENABLED", "WITH NETWORK is not simulated"),
    ],
)
def test_a_search_that_is_wrong_says_why(statement: str, code: str, message: str) -> None:
    answer = Searcher().search(statement)
    assert error_code(answer) == (400, code)
    assert answer.body[0]["message"].startswith(message)


def test_a_malformed_search_names_its_place() -> None:
    """Source: an answer quoted in force-rest-api's pull request 92."""
    statement = "FIND {name} IN ALL TYPE RETURNING Account(name)"
    (error,) = Searcher().search(statement).body
    assert error["errorCode"] == "MALFORMED_SEARCH"
    pointer = " " * 18 + "^"
    assert error["message"] == f"\n{statement}\n{pointer}\nERROR at Row:1:Column:19\nMalformed search token: TYPE"


def test_older_versions_answer_an_array() -> None:
    """Source: REST guide, Search: searchRecords since version 37.0."""
    client = Searcher()
    query = {"q": "FIND {smith} RETURNING Lead"}
    answer = client.send("GET", "/services/data/v36.0/search", query, headers=client.headers)
    assert [each["attributes"]["type"] for each in answer.body] == ["Lead"]


def test_harmless_clauses_change_nothing() -> None:
    client = Searcher()
    plain = client.found("FIND {smith} RETURNING Lead(Id)")
    assert (
        client.found("FIND {smith} RETURNING Lead(Id) WITH SPELL_CORRECTION = false LIMIT 5 UPDATE TRACKING") == plain
    )


def test_parameterized_search_by_get_and_post() -> None:
    """Source: REST guide, Parameterized Search: parameters of the query, or a body."""
    client = Searcher()
    query = {"q": "sm*", "sobject": "Contact,Lead", "Contact.fields": "Id,LastName", "Contact.limit": "1", "in": "name"}
    by_get = client.get("/parameterizedSearch", client.headers, **query).body["searchRecords"]
    assert [each["attributes"]["type"] for each in by_get] == ["Contact", "Lead"]
    assert by_get[0]["LastName"] in ("Smith", "Smythe")
    contact = {"name": "Contact", "fields": ["LastName"], "where": "Title = 'CEO'", "orderBy": "LastName", "limit": 5}
    body = json.dumps({"q": "smith", "sobjects": [contact, {"name": "Account"}], "fields": ["Name"], "overallLimit": 9})
    answer = client.send("POST", f"{API}/parameterizedSearch", {}, body.encode(), client.headers)
    assert [each.get("LastName") or each["Name"] for each in answer.body["searchRecords"]] == ["Smith", "Smith & Sons"]
    everywhere = client.get("/parameterizedSearch", client.headers, q="o'neill").body["searchRecords"]
    assert [each["attributes"]["type"] for each in everywhere] == ["Contact"]


@pytest.mark.parametrize("query", [{}, {"q": "  "}, {"q": "smith", "in": "shoe"}, {"q": "smith", "overallLimit": "x"}])
def test_parameters_that_are_wrong_are_malformed(query: dict[str, str]) -> None:
    client = Searcher()
    answer = client.get("/parameterizedSearch", client.headers, **query)
    assert error_code(answer) == (400, "MALFORMED_SEARCH")


def test_a_search_is_one_api_call_of_its_own_kind() -> None:
    client = Searcher()
    client.found("FIND {smith}")
    assert client.control("GET", "stats")["by_kind"]["search"] == 1
    assert client.get("", client.headers).body["search"] == f"{API}/search"
