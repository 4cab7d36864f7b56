"""What REST resources, the edge in front of them, and searches answer."""

from __future__ import annotations

import re
from urllib.parse import quote

from causeway_client.cli.verify_org.org import PER_CALL, Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions
from causeway_client.cli.verify_org.references import unknown_id

RESOURCES = Questions()
RETIRED = "30.0"
GRAPH_VERSIONS = ("48.0", "49.0", "50.0", "51.0")
LONGEST_URI = 16_384
LONGEST_QUERY = 100_000
LOGIN = (
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><login xmlns="urn:partner.soap.sforce.com">'
    "<username>nobody@verification.example</username><password>none</password></login></Body></Envelope>"
)
SOAP_VERSIONS = (64, 65, 66)


@RESOURCES.about("wire.RETIRED_VERSION_STATUS")
def retired_version(org: Org) -> int:
    """The status of version 30.0, which was retired."""
    return org.rest("GET", "/sobjects", version=RETIRED).status


@RESOURCES.about("wire.NOT_ALLOWED")
def not_allowed(org: Org) -> str:
    """DELETE of the limits."""
    message = org.rest("DELETE", "/limits").error[1].replace("'DELETE'", "'{method}'")
    return re.sub(r"(?<=Allowed are ).*", "{allowed}", message)


@RESOURCES.about("rest.GRAPHS_SINCE")
def graphs_since(org: Org) -> float | None:
    """An empty composite graph in versions 48 to 51: the first that is not 404."""
    return next(
        (
            float(each)
            for each in GRAPH_VERSIONS
            if org.rest("POST", "/composite/graph", {"graphs": []}, version=each).status != 404
        ),
        None,
    )


@RESOURCES.about("rest.TOO_MANY_RECORDS")
def too_many_records(org: Org) -> list[str]:
    """A collection that updates 201 contacts which do not exist."""
    nobody = unknown_id(org.create("Contact"))
    records = [{"attributes": {"type": "Contact"}, "id": nobody}] * (PER_CALL + 1)
    code, message = org.rest("PATCH", "/composite/sobjects", {"records": records}).error
    return [code, message.replace(str(PER_CALL), "{most}")]


@RESOURCES.about("settings.unknown_field_fails_collection")
def unknown_field(org: Org) -> bool:
    """A collection of two contacts of which one has a field that there is not; true when the request is refused."""
    return org.collect("Contact", [{"Title": "x"}, {"NoSuchField__c": "x"}]).is_refused


@RESOURCES.about("rest.RECORD_WITHOUT_TYPE")
def record_without_type(org: Org) -> list[str]:
    """A collection with a record without attributes."""
    return [*org.rest("POST", "/composite/sobjects", {"records": [{"LastName": org.name}]}).error]


@RESOURCES.about("rest.REPEATED_TREE_REFERENCE")
def repeated_tree_reference(org: Org) -> list[str]:
    """A tree of two contacts with one referenceId."""
    record = {"attributes": {"type": "Contact", "referenceId": "one"}, **org.marked("Contact")}
    answer = org.rest("POST", "/composite/tree/Contact", {"records": [record, record]})
    error = answer.body["results"][0]["errors"][0] if isinstance(answer.body, dict) else answer.body[0]
    return [error.get("statusCode") or error["errorCode"], error["message"]]


@RESOURCES.about("rest.NO_PART_OF_COMPOSITE_CODE")
def composite_in_composite(org: Org) -> str:
    """A composite as part of a composite."""
    part = {"method": "POST", "url": f"/services/data/v{org.version}/composite", "referenceId": "a", "body": {}}
    answer = org.rest("POST", "/composite", {"compositeRequest": [part]})
    first = answer.body if isinstance(answer.body, list) else answer.body["compositeResponse"][0]["body"]
    return str(first[0]["errorCode"])


@RESOURCES.about("rest.COMPOSITE_TAKES_LONG_QUERIES")
def long_queries(org: Org) -> bool:
    """A composite of five queries of almost 100,000 characters each."""
    values = ",".join(f"'{number:020}@verification.example'" for number in range(2_300))
    statement = f"SELECT Id FROM Contact WHERE Email IN ({values})"[: LONGEST_QUERY - 2]
    statement = statement.rpartition(",")[0] + ")"
    address = f"/services/data/v{org.version}/query/?q={quote(statement)}"
    parts = [{"method": "GET", "url": address, "referenceId": f"q{number}"} for number in range(5)]
    answer = org.rest("POST", "/composite", {"compositeRequest": parts})
    return not answer.is_refused and all(each["httpStatusCode"] == 200 for each in answer.body["compositeResponse"])


@RESOURCES.about("rest.REPLICATION_MISSING_EDGE_CODE")
def missing_edge(org: Org) -> str:
    """The updated contacts since a moment, without an end."""
    return org.rest("GET", "/sobjects/Contact/updated/?start=2026-01-01T00%3A00%3A00Z").error[0]


@RESOURCES.about("rest.BLOB_CONTENT_TYPE")
def blob_content_type(org: Org) -> str:
    """The body of an attachment of text/plain."""
    parent = org.create("Account")
    body = {"ParentId": parent, "Name": "x.txt", "ContentType": "text/plain", "Body": "eA=="}
    made = org.rest("POST", "/sobjects/Attachment/", body)  # it ends with its account
    if made.is_refused:
        raise NotAsked(f"The org refused an attachment: {made.error[1]}.")
    answer = org.rest("GET", f"/sobjects/Attachment/{made.body['id']}/Body")
    return answer.headers.get("Content-Type", "").partition(";")[0]


@RESOURCES.about("server.EDGE_PAGES")
def edge_pages(org: Org) -> dict[str, str]:
    """A URI, and a header, of more than 16,384 bytes."""
    long = "x" * LONGEST_URI
    answers = [org.rest("GET", f"/query/?q={long}"), org.rest("GET", "/limits", headers={"X-Long": long})]
    return {str(each.status): each.text for each in answers}


@RESOURCES.about("server.CHALLENGE_OF_A_401")
def challenge(org: Org) -> str | None:
    """A request without a session: the header WWW-Authenticate."""
    return org.rest("GET", "/limits", is_signed=False).headers.get("WWW-Authenticate")


@RESOURCES.about("settings.cookies")
def cookies(org: Org) -> bool:
    """Whether an answer of the REST API sets a cookie."""
    return "Set-Cookie" in org.rest("GET", "/limits").headers


@RESOURCES.about("setup.DAILY_ALLOCATIONS")
def allocations(org: Org) -> dict[str, int]:
    """The limits of a Developer Edition, apart from those that depend on its licences."""
    (found,) = org.rows("SELECT OrganizationType FROM Organization")
    answer = org.rest("GET", "/limits")
    if found["OrganizationType"] != "Developer Edition" or answer.is_refused:
        raise NotAsked("Only a Developer Edition has these figures, and only some users see them.")
    return {name: each["Max"] for name, each in answer.body.items() if name != "DailyApiRequests"}


@RESOURCES.about("setup.CREATABLE_PERMISSION_SETS")
def permission_sets(org: Org) -> int:
    """The limit CreateCustom of PermissionSets."""
    answer = org.rest("GET", "/limits")
    if answer.is_refused or "CreateCustom" not in answer.body.get("PermissionSets", {}):
        raise NotAsked("The limits do not say it to this user.")
    return int(answer.body["PermissionSets"]["CreateCustom"]["Max"])


@RESOURCES.about("oauth.SOAP_LOGIN_GONE_FROM")
def soap_login(org: Org) -> int | None:
    """login() of nobody in versions 64 to 66: the first that does not answer INVALID_LOGIN."""
    headers = {"SOAPAction": "login"}
    for version in SOAP_VERSIONS:
        address = f"/services/Soap/u/{version}.0"
        answer = org.send("POST", address, LOGIN, headers=headers, content_type="text/xml", is_signed=False)
        if "INVALID_LOGIN" not in answer.text:
            return version
    return None


def _search_error(org: Org, statement: str) -> str:
    return org.rest("GET", f"/search/?q={quote(statement)}").error[1]


@RESOURCES.about("search.NO_SEARCH_STRING")
def no_search(org: Org) -> str:
    """A search without a statement."""
    return _search_error(org, "")


@RESOURCES.about("search.NO_TERM")
def no_term(org: Org) -> str:
    """FIND with nothing between its braces."""
    return _search_error(org, "FIND {} RETURNING Contact")


@RESOURCES.about("search.SHORT_TERM")
def short_term(org: Org) -> str:
    """FIND with one character between its braces."""
    return re.sub(r": a$", ": {text}", _search_error(org, "FIND {a} RETURNING Contact"))


@RESOURCES.about("search.NOT_SEARCHABLE")
def not_searchable(org: Org) -> list[str]:
    """FIND in an sObject that there is not."""
    code, message = org.rest("GET", f"/search/?q={quote('FIND {abc} RETURNING NoSuchThing__c')}").error
    return [code, message.replace("NoSuchThing__c", "{name}")]
