"""A tour of the simulated org with an unmodified simple-salesforce, whose https URLs are led to the org's loopback port."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceError,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)
from simple_salesforce.format import format_soql

from local.org.oauth.users import ADMIN_USERNAME
from local.org.serving import OrgServer
from local.org.setup.connected_apps import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from tests.support.org.edge import API, CALLBACK, VERIFIER, challenge, running_org

PASSWORD = "northwind1"


class ToLoopback(HTTPAdapter):
    """Sends requests for any https host to the org's own origin."""

    def __init__(self, origin: str) -> None:
        super().__init__()
        self._origin = origin

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Replace scheme and host."""
        parts = urlsplit(request.url or "")
        request.url = f"{self._origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def server() -> Iterator[OrgServer]:
    with running_org() as running:
        yield running


@pytest.fixture
def http(server: OrgServer) -> Iterator[requests.Session]:
    server.org.reset()
    with requests.Session() as session:
        session.mount("https://", ToLoopback(server.origin))
        yield session


@pytest.fixture
def org(server: OrgServer, http: requests.Session) -> Any:
    return connected(http, control(server, "POST", "sessions"))


def content_of(refused: pytest.ExceptionInfo[SalesforceError]) -> Any:
    """Return the body of an error, which the client declares as a number."""
    return refused.value.content


def control(server: OrgServer, method: str, path: str, body: Any = None) -> Any:
    answer = requests.request(method, f"{server.origin}/_control/{path}", json=body, timeout=10)
    return answer.json() if answer.content else None


def walk_through_the_pages(server: OrgServer) -> dict[str, Any]:
    """Log in and allow as a browser would; exchange the code."""
    with requests.Session() as browser:
        query = {"response_type": "code", "client_id": DEFAULT_CLIENT_ID, "redirect_uri": CALLBACK, "state": "s"}
        query |= {"scope": "api refresh_token id", "code_challenge": challenge(), "code_challenge_method": "S256"}
        login = browser.get(f"{server.origin}/services/oauth2/authorize", params=query, timeout=5)
        form = {"pending": hidden(login.text, "pending"), "username": ADMIN_USERNAME, "pw": PASSWORD}
        approval = browser.post(f"{server.origin}/login", data=form, timeout=5)
        form = {"pending": hidden(approval.text, "pending"), "decision": "allow"}
        url = f"{server.origin}/services/oauth2/approve"
        location = browser.post(url, data=form, timeout=5, allow_redirects=False).headers["Location"]
    code = parse_qs(urlsplit(location).query)["code"][0]
    return token(server, grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found
    return unescape(found[1])


def token(server: OrgServer, **form: str) -> dict[str, Any]:
    form = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET, **form}
    answer = requests.post(f"{server.origin}/services/oauth2/token", data=form, timeout=5)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def connected(http: requests.Session, tokens: Mapping[str, str]) -> Any:
    return Salesforce(
        instance_url=tokens["instance_url"], session_id=tokens["access_token"], session=http, version="66.0"
    )


def test_log_in_by_soap_password_and_client_credentials(server: OrgServer, http: requests.Session) -> None:
    ways: list[dict[str, str]] = [
        {"username": ADMIN_USERNAME, "password": PASSWORD, "security_token": "TOKEN"},
        {"username": ADMIN_USERNAME, "password": PASSWORD, "organizationId": server.org.org_id},
        {
            "username": ADMIN_USERNAME,
            "password": PASSWORD,
            "consumer_key": DEFAULT_CLIENT_ID,
            "consumer_secret": DEFAULT_CLIENT_SECRET,
        },
        {"consumer_key": DEFAULT_CLIENT_ID, "consumer_secret": DEFAULT_CLIENT_SECRET, "domain": "acme.my"},
    ]
    for way in ways:
        client: Any = Salesforce(session=http, **way)  # type: ignore[arg-type]
        assert client.query("SELECT COUNT() FROM User")["totalSize"] == 5


def test_a_wrong_password_is_an_authentication_failure(server: OrgServer, http: requests.Session) -> None:
    with pytest.raises(SalesforceAuthenticationFailed, match="INVALID_LOGIN"):
        Salesforce(username=ADMIN_USERNAME, password="wrong", security_token="", session=http)


def test_401_and_refresh(server: OrgServer, http: requests.Session) -> None:
    tokens = walk_through_the_pages(server)
    client = connected(http, tokens)
    assert client.query("SELECT Id FROM User LIMIT 1")["done"] is True
    control(server, "POST", "clock", {"advance_s": 7201})
    with pytest.raises(SalesforceExpiredSession) as expired:
        client.query("SELECT Id FROM User LIMIT 1")
    assert content_of(expired)[0]["errorCode"] == "INVALID_SESSION_ID"
    renewed = token(server, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert connected(http, renewed).query("SELECT Id FROM User LIMIT 1")["totalSize"] == 1


def test_an_expired_login_is_renewed_by_the_client_itself(server: OrgServer, http: requests.Session) -> None:
    org = Salesforce(username=ADMIN_USERNAME, password=PASSWORD, security_token="TOKEN", session=http)
    control(server, "DELETE", "sessions")
    assert org.query("SELECT COUNT() FROM User")["totalSize"] == 5


def test_describe(org: Any) -> None:
    names = {each["name"] for each in org.describe()["sobjects"]}
    assert {"Lead", "Contact", "Account", "Opportunity", "Case", "Task", "Event", "Campaign", "User"} <= names
    fields = {each["name"]: each for each in org.Lead.describe()["fields"]}
    assert (fields["LastName"]["type"], fields["LastName"]["nillable"], fields["LastName"]["length"]) == (
        "string",
        False,
        80,
    )
    assert fields["Email"]["type"] == "email"
    assert org.Lead.metadata()["objectDescribe"]["name"] == "Lead"


def test_create_read_update_delete(org: Any) -> None:
    created = org.Lead.create({"LastName": "Doe", "Company": "Acme", "Email": "doe@example.com"})
    assert created == {"id": created["id"], "success": True, "errors": []}
    assert org.Lead.get(created["id"])["Email"] == "doe@example.com"
    assert org.Lead.update(created["id"], {"Title": "CEO"}) == 204
    assert org.query(f"SELECT Title FROM Lead WHERE Id = '{created['id'][:15]}'")["records"][0]["Title"] == "CEO"
    assert org.Lead.delete(created["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound) as gone:
        org.Lead.get(created["id"])
    assert content_of(gone)[0]["errorCode"] in ("NOT_FOUND", "ENTITY_IS_DELETED")


def test_a_refused_record_names_code_and_fields(org: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        org.Lead.create({"Company": "Acme"})
    assert content_of(refused)[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert content_of(refused)[0]["fields"] == ["LastName"]


def test_upsert_by_external_id(server: OrgServer, org: Any) -> None:
    declare_external_id(server)
    assert org.Contact.upsert("Key__c/k-1", {"LastName": "Doe"}) == 201
    assert org.Contact.upsert("Key__c/k-1", {"LastName": "Roe"}) == 200
    assert org.Contact.get_by_custom_id("Key__c", "k-1")["LastName"] == "Roe"
    rows = [{"LastName": "A", "Key__c": "twice"}, {"LastName": "B", "Key__c": "twice"}]
    control(server, "POST", "records", {"sobject": "Contact", "records": rows})
    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        org.Contact.upsert("Key__c/twice", {"LastName": "C"})
    assert all(url.startswith(f"{API}/sobjects/Contact/003") for url in content_of(several))


def declare_external_id(server: OrgServer) -> None:
    field = {"name": "Key__c", "type": "string", "length": 40, "externalId": True}
    answer = control(server, "POST", "schema", {"sobjects": [{"name": "Contact", "fields": [field]}]})
    assert "sobjects" in answer, answer


def test_collections_by_restful(org: Any) -> None:
    records = [{"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "Acme"} for n in range(200)]
    records[7]["LastName"] = ""
    created = org.restful("composite/sobjects", method="POST", json={"allOrNone": False, "records": records})
    assert [each["success"] for each in created].count(False) == 1
    assert created[7]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    ids = [each["id"] for each in created if each["success"]]
    changes = [{"attributes": {"type": "Lead"}, "id": each, "Title": "CEO"} for each in ids]
    updated = org.restful("composite/sobjects", method="PATCH", json={"allOrNone": True, "records": changes})
    assert all(each["success"] for each in updated)
    read = org.restful("composite/sobjects/Lead", method="POST", json={"ids": ids[:2], "fields": ["Id", "Title"]})
    assert [each["Title"] for each in read] == ["CEO", "CEO"]
    gone = org.restful("composite/sobjects", params={"ids": ",".join(ids[:200])}, method="DELETE")
    assert len(gone) == 199


def test_composite_is_one_call_with_several_answers(server: OrgServer, org: Any) -> None:
    before = control(server, "GET", "stats")["api_calls"]
    parts = [
        {"method": "POST", "url": f"{API}/sobjects/Account", "referenceId": "acme", "body": {"Name": "Acme"}},
        {
            "method": "POST",
            "url": f"{API}/sobjects/Contact",
            "referenceId": "doe",
            "body": {"LastName": "Doe", "AccountId": "@{acme.id}"},
        },
        {"method": "GET", "url": f"{API}/query?q=SELECT+Account.Name+FROM+Contact", "referenceId": "read"},
    ]
    answer = org.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    assert [each["httpStatusCode"] for each in answer["compositeResponse"]] == [201, 201, 200]
    assert answer["compositeResponse"][2]["body"]["records"][0]["Account"]["Name"] == "Acme"
    assert control(server, "GET", "stats")["api_calls"] == before + 1


def test_a_query_comes_in_pages(server: OrgServer, org: Any) -> None:
    rows = [{"LastName": f"L{number:05}", "Company": "Acme"} for number in range(4_500)]
    control(server, "POST", "records", {"sobject": "Lead", "records": rows})
    first = org.query("SELECT LastName FROM Lead ORDER BY LastName")
    assert (first["totalSize"], first["done"], len(first["records"])) == (4_500, False, 2_000)
    second = org.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert second["records"][0]["LastName"] == "L02000"
    every = org.query_all("SELECT LastName FROM Lead ORDER BY LastName")
    assert [each["LastName"] for each in every["records"]] == [row["LastName"] for row in rows]
    escaped = format_soql("SELECT Id FROM Lead WHERE LastName = {name}", name="O'Hara \\ x")
    assert org.query(escaped)["totalSize"] == 0


def test_a_wrong_query_says_where(org: Any) -> None:
    with pytest.raises(SalesforceMalformedRequest) as refused:
        org.query("SELECT Id, Foo FROM Contact")
    assert content_of(refused)[0]["errorCode"] == "INVALID_FIELD"
    assert "No such column 'Foo' on entity 'Contact'" in content_of(refused)[0]["message"]


def test_bulk_query(server: OrgServer, org: Any) -> None:
    rows = [{"LastName": f"L{number:04}", "Company": "Acme"} for number in range(250)]
    control(server, "POST", "records", {"sobject": "Lead", "records": rows})
    pages = list(org.bulk2.Lead.query("SELECT LastName FROM Lead ORDER BY LastName", max_records=100, wait=0))
    names = [line[0] for page in pages for line in list(csv.reader(io.StringIO(page)))[1:]]
    assert len(pages) == 3
    assert names == [row["LastName"] for row in rows]


def test_bulk_ingest(server: OrgServer, org: Any) -> None:
    declare_external_id(server)
    rows = [{"LastName": "Doe", "Key__c": "1"}, {"LastName": "", "Key__c": "2"}, {"LastName": "Roe", "Key__c": "3"}]
    result = org.bulk2.Contact.upsert(records=rows, external_id_field="Key__c", wait=0)[0]
    assert (result["numberRecordsProcessed"], result["numberRecordsFailed"]) == (3, 1)
    failed = list(csv.DictReader(io.StringIO(org.bulk2.Contact.get_failed_records(result["job_id"]))))
    assert failed[0]["Key__c"] == "2"
    assert failed[0]["sf__Error"].startswith("REQUIRED_FIELD_MISSING:")
    succeeded = list(csv.DictReader(io.StringIO(org.bulk2.Contact.get_successful_records(result["job_id"]))))
    assert {each["Key__c"]: each["sf__Created"] for each in succeeded} == {"1": "true", "3": "true"}


def test_updated_and_deleted(org: Any) -> None:
    created = org.Lead.create({"LastName": "Doe", "Company": "Acme"})["id"]
    start, end = window()
    assert created in org.Lead.updated(start, end)["ids"]
    org.Lead.delete(created)
    assert created in [each["id"] for each in org.Lead.deleted(start, end)["deletedRecords"]]


def window() -> tuple[datetime, datetime]:
    """Return an hour around now."""
    now = datetime.now(UTC)
    return now - timedelta(minutes=30), now + timedelta(minutes=30)


def test_limits_and_usage(org: Any) -> None:
    limits = org.limits()
    assert limits["DailyApiRequests"]["Max"] == 15_000
    assert org.api_usage["api-usage"].total == 15_000
    assert org.api_usage["api-usage"].used >= 1
