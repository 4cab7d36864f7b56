"""Pulls from the simulated org over real HTTP: imports, changes, kinds, formulas, parents, look-ups, filters, own writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from causeway.pull.endings import Ended
from causeway.pull.reading import bulk
from causeway.syncs.sync import Mapping, PullRules, PushRules, Sync

from tests.support.pull.factories import a_pull
from tests.support.pull.world import PullWorld, pull_world

PEOPLE = (("last_name", "LastName"), ("phone", "Phone"), ("company", "Account.Name"))
DAY_S = 86_400


@pytest.fixture
def w() -> Iterator[PullWorld]:
    with pull_world(a_pull(*PEOPLE), a_pull(("last_name", "LastName"), sync_id="leads", sobject="Lead")) as made:
        yield made


def published(records: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((record["kind"], record["values"].get("last_name", "")) for record in records)


def loaded(w: PullWorld, count: int, sobject: str = "Contact", **values: Any) -> list[str]:
    ids = w.load(sobject, *({"LastName": f"Name {number:03d}", **values} for number in range(count)))
    w.pass_time(60)
    return ids


def test_a_first_import_by_rest_then_only_what_changed(w: PullWorld) -> None:
    (account,) = w.load("Account", {"Name": "Acme"})
    ids = loaded(w, 3, AccountId=account)
    assert published(w.pull("people")) == [("created", f"Name {number:03d}") for number in range(3)]
    w.edit("Contact", ids[1], Phone="42")
    w.pass_time(60)
    (record,) = w.pull("people")
    assert record["values"] == {"last_name": "Name 001", "phone": "42", "company": "Acme", "email": None}
    assert (record["kind"], record["data"]["salesforce_account_name"]) == ("updated", "Acme")
    assert w.pull("people") == []


def test_an_incremental_pull_takes_two_calls(w: PullWorld) -> None:
    loaded(w, 1)
    w.pull("people")
    w.pass_time(60)
    w.calls()
    w.pull("people")
    assert w.calls() == {"describe": 1, "query_all": 1}


def test_a_large_org_answers_a_pull_from_its_indexes(w: PullWorld) -> None:
    (account, _) = w.load("Account", {"Name": "Acme"}, {"Name": "Other"})
    contacts = loaded(w, 3, AccountId=account, Email="ada@example.com")
    leads = loaded(w, 3, sobject="Lead", Company="Acme", Email="ada@example.com")
    w.control("POST", f"leads/{leads[0]}/convert", {"contact_id": contacts[0]})
    w.control("PATCH", "settings", {"optimizer_rows": 1})
    assert len(w.pull("people")) == 3
    assert len(w.pull("leads")) == 2, "one was converted before it was published"
    w.edit("Contact", contacts[1], Phone="42")
    w.edit("Lead", leads[1], Phone="42")
    w.pass_time(2 * DAY_S)
    data = {each["salesforce_id"]: each["data"] for sync in ("people", "leads") for each in w.pull(sync)}
    assert {contacts[1], leads[1]} <= data.keys()


def test_large_imports_go_by_bulk_and_publish_the_same(w: PullWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    (account,) = w.load("Account", {"Name": 'Say "hi",\nAcme'})
    loaded(w, 30, AccountId=account)
    by_rest = {record["salesforce_id"]: record for record in w.pull("people")}
    monkeypatch.setattr(bulk, "BULK_ROWS", 10)
    w.checkpoints.stored.clear()
    w.calls()
    by_bulk = {record["salesforce_id"]: record for record in w.pull("people")}
    assert by_bulk == by_rest
    assert w.calls().get("bulk_query", 0) >= 3
    assert w.pull("people") == []


def test_deletes_merges_and_conversions_of_a_real_org(w: PullWorld) -> None:
    ids = loaded(w, 4, sobject="Lead", Company="Acme")
    w.pull("leads")
    w.org.request("DELETE", f"sobjects/Lead/{ids[0]}")
    w.control("POST", "merge", {"sobject": "Lead", "master": ids[1], "losers": [ids[2]]})
    w.control("POST", f"leads/{ids[3]}/convert")
    w.pass_time(60)
    records = {record["salesforce_id"]: record for record in w.pull("leads")}
    assert records[ids[0]]["kind"] == "deleted"
    assert (records[ids[2]]["kind"], records[ids[2]]["merged_into"]) == ("merged", ids[1])
    assert records[ids[3]]["kind"] == "converted"
    assert records[ids[3]]["converted"]["contact_id"].startswith("003")


def test_a_record_emptied_from_the_bin_is_found_in_the_delete_log(w: PullWorld) -> None:
    ids = loaded(w, 2)
    w.pull("people")
    w.pass_time(60)
    w.org.request("DELETE", f"sobjects/Contact/{ids[0]}")
    w.control("POST", "recycle-bin/empty")
    w.pass_time(3 * 3_600)
    (record,) = w.pull("people")
    assert (record["salesforce_id"], record["kind"]) == (ids[0], "deleted")
    w.pass_time(3_600)
    assert w.pull("people") == []


def test_parents_fields_that_changed_without_a_stamp_are_swept_once_a_day(w: PullWorld) -> None:
    (account,) = w.load("Account", {"Name": "Acme"})
    loaded(w, 2, AccountId=account)
    w.pull("people")
    w.pass_time(3_600)
    assert w.pull("people") == []  # from here on the contacts are older than the overlap that is read again
    w.edit("Account", account, Name="Acme Corporation")
    w.pass_time(3_600)
    assert w.pull("people") == []
    w.pass_time(DAY_S)
    assert [record["values"]["company"] for record in w.pull("people")] == ["Acme Corporation"] * 2
    w.pass_time(DAY_S)
    assert w.pull("people") == []


def test_a_filter_over_parents_reads_only_what_it_says() -> None:
    rule = {"all": [{"field": "Account.Name", "operator": "starts", "value": "Ac"}]}
    with pull_world(a_pull(*PEOPLE, pull=PullRules(filter=rule))) as w:
        first, second = w.load("Account", {"Name": "Acme"}, {"Name": "Other"})
        w.load("Contact", {"LastName": "In", "AccountId": first}, {"LastName": "Out", "AccountId": second})
        w.pass_time(60)
        assert published(w.pull("people")) == [("created", "In")]


def test_signals_of_pulled_records_are_published_with_them() -> None:
    signals = {"big": "account.AnnualRevenue > `500000`"}
    with pull_world(a_pull(*PEOPLE, signals=signals)) as w:
        big, small = w.load("Account", {"Name": "Big", "AnnualRevenue": 900_000}, {"Name": "Small", "AnnualRevenue": 9})
        w.load("Contact", {"LastName": "B", "AccountId": big}, {"LastName": "S", "AccountId": small})
        w.pass_time(60)
        records = {record["values"]["last_name"]: record for record in w.pull("people")}
        assert (records["B"]["signals"], records["S"]["signals"]) == (["big"], [])
        assert w.pull_signals.published == [(records["B"]["salesforce_id"], ["big"])]


def test_enriched_leads_carry_the_account_of_their_contact_at_one_more_call() -> None:
    sync = a_pull(("last_name", "LastName"), sync_id="leads", sobject="Lead", pull=PullRules(enrich=True))
    with pull_world(sync) as w:
        (account,) = w.load("Account", {"Name": "Acme"})
        w.load("Contact", {"LastName": "L", "Email": "ada@example.com", "AccountId": account})
        w.load(
            "Lead", {"LastName": "L", "Email": "ada@example.com", "Company": "x"}, {"LastName": "M", "Company": "acme"}
        )
        w.pass_time(60)
        w.calls()
        records = {record["values"]["last_name"]: record["data"] for record in w.pull("leads")}
        assert [records[name]["salesforce_account_name"] for name in "LM"] == ["Acme", "Acme"]
        assert w.calls().get("composite") == 1


def test_a_worker_that_dies_is_replaced_without_loss(w: PullWorld) -> None:
    loaded(w, 5)
    real, died = w.queues.publish, list[bytes]()

    def dying(tenant: str, body: bytes) -> None:
        if not died:
            died.append(body)
            raise KeyboardInterrupt
        real(tenant, body)

    w.queues.publish = dying  # type: ignore[method-assign]
    release = w.checkpoints.release
    w.checkpoints.release = lambda held, *, is_sent: None  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        w.run("people")
    w.checkpoints.release = release  # type: ignore[method-assign]
    assert w.run("people") is Ended.BUSY
    w.pass_time(1_000)
    assert len(w.pull("people")) == 5
    assert w.pull("people") == []


def test_an_expired_session_is_renewed_in_the_middle_of_an_import(w: PullWorld) -> None:
    loaded(w, 3)
    w.control("POST", "faults", {"do": "expire_session", "kind": "query"})
    assert len(w.pull("people")) == 3
    assert w.renewals == 1


def test_what_pushes_wrote_does_not_come_back_and_what_people_wrote_does() -> None:
    push = Sync(
        id="push",
        source="lead",
        sobject="Contact",
        enabled=True,
        push=PushRules(create_when_missing=True),
        mappings=(Mapping(product="last_name", salesforce="LastName"), Mapping(product="phone", salesforce="Phone")),
    )
    with pull_world(push, a_pull(("last_name", "LastName"), ("phone", "Phone"))) as w:
        w.push({"key": "k1", "fields": {"last_name": "Lovelace", "email": "ada@example.com", "phone": " 42 "}})
        w.pass_time(60)
        assert w.pull("people") == []
        (record,) = w.records("Contact")
        w.edit("Contact", record["Id"], Phone="43")
        w.pass_time(60)
        (news,) = w.pull("people")
        assert (news["key"], news["values"]["phone"]) == ("k1", "43")


def test_a_field_that_vanishes_is_reported_and_the_rest_goes_on(w: PullWorld) -> None:
    loaded(w, 1)
    w.syncs.by_tenant["acme"] = [a_pull(("last_name", "LastName"), ("gone", "Vanished__c"))]
    (record,) = w.pull("people")
    assert record["values"] == {"last_name": "Name 000", "email": None}
    assert [problem.field for problem in w.runs.problems] == ["Vanished__c"]
