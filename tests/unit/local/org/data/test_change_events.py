"""Change events of what is saved (Change Data Capture guide, change event fields and merged change events)."""

from __future__ import annotations

import json
from typing import Any

from tests.support.org.edge import API, Client


class Subscriber(Client):
    """A client with a session that saves records and reads the events of some sObjects."""

    def __init__(self, *members: str) -> None:
        super().__init__()
        self.headers = self.session()
        self.settings(change_data_capture=list(members))

    def save(self, method: str, path: str, body: Any = None) -> Any:
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.send(method, f"{API}/{path}", body=raw, headers=self.headers)
        assert answer.status < 300, answer.body
        return answer.body

    def events(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"change_events{query}")["events"]
        return found

    def headers_of(self, query: str = "") -> list[tuple[str, str, int]]:
        """Return entity, change type and number of records of each event."""
        headers = [event["payload"]["ChangeEventHeader"] for event in self.events(query)]
        return [(each["entityName"], each["changeType"], len(each["recordIds"])) for each in headers]


def contacts(*names: str) -> dict[str, Any]:
    return {"records": [{"attributes": {"type": "Contact"}, "LastName": name} for name in names]}


def test_a_create_has_every_value_and_no_changed_fields() -> None:
    """Source: guide: changedFields is empty for operations other than update; compound fields hold their parts."""
    org = Subscriber("Contact")
    org.control("POST", "clock", {"now": "2026-06-01T12:00:00Z", "stop": True})
    contact = org.save("POST", "sobjects/Contact", {"FirstName": "Ada", "LastName": "King", "MailingCity": "Paris"})[
        "id"
    ]
    (event,) = org.events()
    payload = event["payload"]
    header = payload.pop("ChangeEventHeader")
    assert (header["entityName"], header["changeType"], header["recordIds"]) == ("Contact", "CREATE", [contact])
    assert (header["commitTimestamp"], header["changedFields"]) == (1_780_315_200_000, [])
    assert header["commitUser"].startswith("005")
    assert payload["Name"] == {"FirstName": "Ada", "LastName": "King"}
    assert payload["MailingAddress"] == {"City": "Paris"}
    assert payload["CreatedDate"] == "2026-06-01T12:00:00Z"
    assert not {"Id", "IsDeleted", "SystemModstamp", "FirstName"} & payload.keys()
    assert event["event"] == {"replayId": 1}


def test_an_update_has_what_changed_and_what_was_cleared() -> None:
    """Source: guide: changedFields includes LastModifiedDate, nulledFields lists fields set to null."""
    org = Subscriber("Contact")
    contact = org.save("POST", "sobjects/Contact", {"FirstName": "Ada", "LastName": "King", "Title": "Dr"})["id"]
    org.advance(5)
    org.save("PATCH", f"sobjects/Contact/{contact}", {"FirstName": "Augusta", "Title": None, "LastName": "King"})
    payload = org.events("?after=1")[0]["payload"]
    header = payload.pop("ChangeEventHeader")
    assert sorted(header["changedFields"]) == ["LastModifiedDate", "Name.FirstName", "Title"]
    assert header["nulledFields"] == ["Title"]
    assert payload.keys() == {"Name", "LastModifiedDate"}


def test_a_delete_has_no_values_and_an_undelete_has_all() -> None:
    org = Subscriber("Lead")
    lead = org.save("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})["id"]
    org.save("DELETE", f"sobjects/Lead/{lead}")
    org.control("POST", "undelete", {"ids": [lead]})
    assert org.headers_of() == [("Lead", "CREATE", 1), ("Lead", "DELETE", 1), ("Lead", "UNDELETE", 1)]
    deleted, undeleted = (event["payload"] for event in org.events("?after=1"))
    assert deleted.keys() == {"ChangeEventHeader"}
    assert undeleted["Company"] == "Acme"


def test_what_is_saved_again_without_a_change_and_what_leaves_the_recycle_bin_says_nothing() -> None:
    org = Subscriber("Lead")
    lead = org.save("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})["id"]
    org.advance(5)
    org.save("PATCH", f"sobjects/Lead/{lead}", {"Company": "Acme"})
    org.save("DELETE", f"sobjects/Lead/{lead}")
    org.control("POST", "recycle-bin/empty")
    assert org.headers_of() == [("Lead", "CREATE", 1), ("Lead", "DELETE", 1)]


def test_like_changes_of_one_transaction_are_one_event() -> None:
    """Source: guide, merged change events: one event with several record Ids."""
    org = Subscriber("Contact")
    ids = [result["id"] for result in org.save("POST", "composite/sobjects", contacts("A", "B", "C"))]
    assert org.headers_of() == [("Contact", "CREATE", 1)] * 3
    records = [{"attributes": {"type": "Contact"}, "id": each, "Title": "Dr"} for each in ids]
    records[2]["Title"] = "Ms"
    org.save("PATCH", "composite/sobjects", {"records": records})
    assert org.headers_of("?after=3") == [("Contact", "UPDATE", 2), ("Contact", "UPDATE", 1)]
    both = [event["payload"]["ChangeEventHeader"] for event in org.events("?after=3")]
    assert both[0]["transactionKey"] == both[1]["transactionKey"]
    assert [header["sequenceNumber"] for header in both] == [1, 2]


def test_only_selected_sobjects_publish() -> None:
    org = Subscriber("lead")
    org.save("POST", "sobjects/Contact", {"LastName": "Doe"})
    org.save("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})
    assert org.headers_of() == [("Lead", "CREATE", 1)]
    assert org.headers_of("?sobject=Contact") == []


def test_nothing_is_published_of_a_transaction_that_is_undone() -> None:
    org = Subscriber("Contact")
    body = {**contacts("A"), "allOrNone": True}
    body["records"].append({"attributes": {"type": "Contact"}, "FirstName": "B"})
    org.save("POST", "composite/sobjects", body)
    assert org.events() == []


def test_loaded_merged_and_deleted_children_publish_too() -> None:
    org = Subscriber("Account", "Contact")
    account = org.control("POST", "records", {"sobject": "Account", "records": [{"Name": "Acme"}]})["ids"][0]
    org.control("POST", "records", {"sobject": "Contact", "records": [{"LastName": "Doe", "AccountId": account}]})
    org.control("POST", "delete", {"ids": [account]})
    assert org.headers_of("?after=2") == [("Account", "DELETE", 1), ("Contact", "DELETE", 1)]


def test_an_event_comes_when_its_transaction_is_visible() -> None:
    org = Subscriber("Lead")
    org.control("POST", "clock", {"stop": True})
    org.settings(commit_delay_s=30)
    org.save("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})
    assert org.events() == []
    org.advance(30)
    assert len(org.events()) == 1


def test_a_replay_id_is_a_number() -> None:
    assert Subscriber().control("GET", "change_events?after=x")[0]["errorCode"] == "INVALID_FIELD"


def test_an_event_says_which_client_of_the_api_changed_the_record() -> None:
    """Source: guide, header fields: changeOrigin has API, version and client ID; it is empty for changes without an API."""
    org = Subscriber("Lead")
    org.save("POST", "sobjects/Lead", {"LastName": "Doe", "Company": "Acme"})
    org.headers = {**org.headers, "Sforce-Call-Options": "client=Astro"}
    org.save(
        "POST", "composite/sobjects", {"records": [{"attributes": {"type": "Lead"}, "LastName": "B", "Company": "C"}]}
    )
    org.control("POST", "records", {"sobject": "Lead", "records": [{"LastName": "Doe", "Company": "Acme"}]})
    origins = [event["payload"]["ChangeEventHeader"]["changeOrigin"] for event in org.events()]
    assert origins == ["com/salesforce/api/rest/66.0", "com/salesforce/api/rest/66.0;client=Astro", ""]
