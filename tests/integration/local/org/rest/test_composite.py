"""Composite, batch, graph and tree over HTTP (REST API guide, Composite Resources)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

import pytest

from tests.support.org.rest_client import V66, OrgClient

HALTED = "The transaction was rolled back since another operation in the same transaction failed."


def part(reference: str, method: str, url: str, body: Any = None, **more: Any) -> dict[str, Any]:
    return {"method": method, "url": url, "referenceId": reference, **({} if body is None else {"body": body}), **more}


def query(reference: str, soql: str) -> dict[str, Any]:
    return part(reference, "GET", f"query/?q={quote_plus(soql)}")


def account_and_contact(**contact: Any) -> list[dict[str, Any]]:
    return [
        part("acme", "POST", "sobjects/Account", {"Name": "Acme"}),
        part("ada", "POST", "sobjects/Contact", {"LastName": "Lovelace", "AccountId": "@{acme.id}", **contact}),
    ]


def statuses(body: dict[str, Any]) -> dict[str, int]:
    return {each["referenceId"]: each["httpStatusCode"] for each in body["compositeResponse"]}


def test_later_parts_use_what_earlier_ones_answered(org: OrgClient) -> None:
    """Source: REST API guide, Composite: `@{ref.id}` and `@{query.records[0].Id}`."""
    soql = "SELECT Id, Account.Name FROM Contact WHERE Id = '@{ada.id}'"
    answer = org.composite(
        *account_and_contact(),
        query("found", soql),
        part(
            "changed",
            "PATCH",
            "sobjects/Contact/@{found.records[0].Id}",
            {"Title": "CEO of @{found.records[0].Account.Name}"},
        ),
        part("read", "GET", "sobjects/Contact/@{ada.id}?fields=Title,AccountId"),
    )
    assert answer.status == 200
    assert statuses(answer.body) == {"acme": 201, "ada": 201, "found": 200, "changed": 204, "read": 200}
    acme, _, _, changed, read = answer.body["compositeResponse"]
    assert acme["httpHeaders"] == {"Location": f"{V66}/sobjects/Account/{acme['body']['id']}"}
    assert (changed["body"], changed["httpHeaders"]) == (None, {})
    assert (read["body"]["Title"], read["body"]["AccountId"]) == ("CEO of Acme", acme["body"]["id"])


def test_a_series_is_one_api_call(org: OrgClient) -> None:
    """Source: REST API guide, Composite: the whole series counts as one call."""
    before = org.control("GET", "stats")["api_calls"]
    org.composite(*account_and_contact())
    assert org.control("GET", "stats")["api_calls"] == before + 1


def test_what_depends_on_a_failure_is_halted_and_the_rest_goes_on(org: OrgClient) -> None:
    """Source: REST API guide, Composite: PROCESSING_HALTED for dependents."""
    answer = org.composite(
        part("acme", "POST", "sobjects/Account", {}),
        part("ada", "POST", "sobjects/Contact", {"LastName": "Lovelace", "AccountId": "@{acme.id}"}),
        part("byron", "POST", "sobjects/Contact", {"LastName": "Byron"}),
    )
    assert statuses(answer.body) == {"acme": 400, "ada": 400, "byron": 201}
    acme, ada, _ = answer.body["compositeResponse"]
    assert acme["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    message = "Invalid reference specified. No value for acme.id found in acme"
    assert ada["body"] == [{"errorCode": "PROCESSING_HALTED", "message": message}]


def test_all_or_none_undoes_every_part(org: OrgClient) -> None:
    """Source: REST API guide, composite allOrNone: the others answer PROCESSING_HALTED."""
    answer = org.composite(*account_and_contact(Email="nobody"), allOrNone=True)
    acme, ada = answer.body["compositeResponse"]
    assert (acme["httpStatusCode"], acme["body"]) == (400, [{"errorCode": "PROCESSING_HALTED", "message": HALTED}])
    assert ada["body"][0]["errorCode"] == "INVALID_EMAIL_ADDRESS"
    assert org.query("SELECT Id FROM Account") == []


def test_one_failed_record_of_a_collection_undoes_an_all_or_none_composite(org: OrgClient) -> None:
    """Source: REST API guide, composite allOrNone, case 4: outer true, inner false."""
    records = [{"attributes": {"type": "Account"}, "Name": "Acme"}, {"attributes": {"type": "Account"}}]
    answer = org.composite(
        part("accounts", "POST", "composite/sobjects", {"records": records}),
        part("ada", "POST", "sobjects/Contact", {"LastName": "Lovelace"}),
        allOrNone=True,
    )
    accounts, ada = answer.body["compositeResponse"]
    assert [each["success"] for each in accounts["body"]] == [True, False]
    assert ada["body"][0]["message"] == HALTED
    assert org.query("SELECT Id FROM Account") == []


@pytest.mark.parametrize(
    "parts",
    [
        [part(f"r{n}", "GET", "limits") for n in range(26)],
        [query(f"q{n}", "SELECT Id FROM Contact") for n in range(6)],
        [
            *(query(f"q{n}", "SELECT Id FROM Contact") for n in range(3)),
            *(part(f"c{n}", "POST", "composite/sobjects", {"records": []}) for n in range(3)),
        ],
        [part("same", "GET", "limits"), part("same", "GET", "limits")],
        [part("not-allowed", "GET", "limits")],
        [part("headers", "GET", "limits", httpHeaders={"Authorization": "Bearer x"})],
        [{"method": "GET", "url": "limits"}],
    ],
)
def test_an_envelope_that_breaks_a_limit_fails_whole(org: OrgClient, parts: list[dict[str, Any]]) -> None:
    """Source: REST API guide, Composite: 25 parts, 5 of them collections or queries, reference Ids, httpHeaders."""
    answer = org.composite(*parts)
    assert answer.status == 400
    assert "errorCode" in answer.body[0]


def test_five_queries_of_two_thousand_rows_fit_in_one_call(org: OrgClient) -> None:
    org.load("Contact", *({"LastName": f"L{n}", "Email": f"u{n}@example.com"} for n in range(2100)))
    answer = org.composite(*(query(f"q{n}", "SELECT Id FROM Contact ORDER BY Id") for n in range(5)))
    assert all(len(each["body"]["records"]) == 2000 for each in answer.body["compositeResponse"])
    page = answer.body["compositeResponse"][0]["body"]["nextRecordsUrl"]
    assert len(org.get(page).body["records"]) == 100


@pytest.mark.parametrize(
    "resource", ["composite", "composite/batch", "composite/graph", "jobs/ingest", "jobs/query/750000000000001AAA"]
)
def test_composites_and_bulk_jobs_are_no_parts(org: OrgClient, resource: str) -> None:
    """Source: REST API guide, Composite: parts are rows, queries and collections."""
    answer = org.composite(part("inner", "POST", resource, {}), part("next", "GET", "sobjects/Contact/describe"))
    assert statuses(answer.body) == {"inner": 400, "next": 200}
    assert answer.body["compositeResponse"][0]["body"][0]["errorCode"] == "INVALID_INPUT"


def test_headers_of_a_part_hold_for_that_part(org: OrgClient) -> None:
    """Source: REST API guide, Composite: httpHeaders of a subrequest."""
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email": "ada@example.com"}
    answer = org.composite(
        part("one", "POST", "sobjects/Contact", person),
        part("two", "POST", "sobjects/Contact", person),
        part(
            "three", "POST", "sobjects/Contact", person, httpHeaders={"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        ),
    )
    assert statuses(answer.body) == {"one": 201, "two": 400, "three": 201}


def test_a_batch_answers_each_request_and_counts_each(org: OrgClient) -> None:
    """Source: REST API guide, Composite Batch: statusCode and result; each subrequest counts."""
    before = org.control("GET", "stats")["api_calls"]
    requests = [
        {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {"Name": "Acme"}},
        {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {}},
        {"method": "GET", "url": "v66.0/query?q=SELECT+Name+FROM+Account"},
    ]
    body = org.post("composite/batch", {"batchRequests": requests}).body
    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in body["results"]] == [201, 400, 200]
    assert body["results"][2]["result"]["records"][0]["Name"] == "Acme"
    assert org.control("GET", "stats")["api_calls"] == before + 3


def test_a_batch_halts_on_request(org: OrgClient) -> None:
    """Source: REST API guide, Composite Batch: haltOnError, 412 BATCH_PROCESSING_HALTED."""
    requests = [{"method": "GET", "url": "v66.0/sobjects/Nope/describe"}, {"method": "GET", "url": "v66.0/limits"}]
    body = org.post("composite/batch", {"batchRequests": requests, "haltOnError": True}).body
    assert [each["statusCode"] for each in body["results"]] == [404, 412]
    assert body["results"][1]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


def graph(name: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": [{**each, "url": f"{V66}/{each['url']}"} for each in parts]}


def test_each_graph_is_a_transaction_of_its_own(org: OrgClient) -> None:
    """Source: REST API guide, Composite Graph."""
    good, bad = graph("good", *account_and_contact()), graph("bad", *account_and_contact(Email="nobody"))
    body = org.post("composite/graph", {"graphs": [good, bad]}).body
    assert [(each["graphId"], each["isSuccessful"]) for each in body["graphs"]] == [("good", True), ("bad", False)]
    assert statuses(body["graphs"][1]["graphResponse"]) == {"acme": 400, "ada": 400}
    assert len(org.query("SELECT Id FROM Account")) == 1


def test_a_graph_has_its_limits(org: OrgClient) -> None:
    """Source: REST API guide, Composite Graph limits: 75 graphs, 500 nodes, 15 deep."""
    chain = [part("n0", "POST", "sobjects/Account", {"Name": "Root"})]
    chain += [
        part(f"n{n}", "POST", "sobjects/Account", {"Name": "A", "ParentId": f"@{{n{n - 1}.id}}"}) for n in range(1, 16)
    ]
    assert org.post("composite/graph", {"graphs": [graph("deep", *chain)]}).status == 400
    one = part("a", "POST", "sobjects/Account", {"Name": "A"})
    assert org.post("composite/graph", {"graphs": [graph(f"g{n}", one) for n in range(76)]}).status == 400
    wide = [part(f"n{n}", "POST", "sobjects/Account", {"Name": "A"}) for n in range(501)]
    assert org.post("composite/graph", {"graphs": [graph("wide", *wide)]}).status == 400


def test_after_fourteen_failed_graphs_the_rest_is_not_run(org: OrgClient) -> None:
    """Source: REST API guide, Composite Graph limits."""
    bad = [graph(f"bad{n}", part("a", "POST", "sobjects/Account", {})) for n in range(14)]
    body = org.post("composite/graph", {"graphs": [*bad, graph("good", *account_and_contact())]}).body
    assert body["graphs"][14]["isSuccessful"] is False
    assert org.query("SELECT Id FROM Account") == []


def node(sobject: str, reference: str, **values: Any) -> dict[str, Any]:
    return {"attributes": {"type": sobject, "referenceId": reference}, **values}


def test_a_tree_creates_parents_and_children(org: OrgClient) -> None:
    """Source: REST API guide, sObject Tree: 201 with an Id per reference."""
    ada = node("Contact", "ada", LastName="Lovelace")
    acme = node("Account", "acme", Name="Acme", Contacts={"records": [ada]})
    answer = org.post("composite/tree/Account", {"records": [acme, node("Account", "other", Name="Other")]})
    assert answer.status == 201
    assert answer.body["hasErrors"] is False
    assert [each["referenceId"] for each in answer.body["results"]] == ["acme", "ada", "other"]
    assert org.query("SELECT Account.Name FROM Contact")[0]["Account"]["Name"] == "Acme"


def test_a_tree_is_all_or_none(org: OrgClient) -> None:
    """Source: REST API guide, sObject Tree: 400 with the failures by reference."""
    bad = node("Contact", "bad", FirstName="Nobody")
    acme = node("Account", "acme", Name="Acme", Contacts={"records": [bad]})
    answer = org.post("composite/tree/Account", {"records": [acme]})
    assert (answer.status, answer.body["hasErrors"]) == (400, True)
    assert answer.body["results"][0]["referenceId"] == "bad"
    assert answer.body["results"][0]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert org.query("SELECT Id FROM Account") == []


def test_a_tree_has_its_limits(org: OrgClient) -> None:
    """Source: REST API guide, sObject Tree: 200 records, unique reference Ids."""
    many = [node("Account", f"a{n}", Name="A") for n in range(201)]
    assert org.post("composite/tree/Account", {"records": many}).status == 400
    same = [node("Account", "a", Name="A"), node("Account", "a", Name="B")]
    assert org.post("composite/tree/Account", {"records": same}).status == 400
    assert org.query("SELECT Id FROM Account") == []


def test_a_repeated_reference_of_a_tree_is_named(org: OrgClient) -> None:
    """Source: captured answers: INVALID_INPUT, "Duplicate ReferenceId provided in the request."."""
    same = [node("Account", "a", Name="A"), node("Account", "a", Name="B")]
    answer = org.post("composite/tree/Account", {"records": same})
    error = {"statusCode": "INVALID_INPUT", "message": "Duplicate ReferenceId provided in the request.", "fields": []}
    assert answer.body == {"hasErrors": True, "results": [{"referenceId": "a", "errors": [error]}]}
