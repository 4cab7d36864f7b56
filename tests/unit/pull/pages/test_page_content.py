"""Pages in which people share account and owner data: half as long, and the same to who reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from causeway.pull.pages.page_content import SHARED, PageContent, form_of
from causeway.pull.pages.texts import page_text
from causeway.syncs.people.person_data import person_data
from causeway_client.messages import read_message
from hypothesis import given
from hypothesis import strategies as st

from tests.support.pull.factories import Pulling, a_pull, an_id
from tests.support.pull.org import FakeOrg
from tests.support.pull.plans import DESCRIBE, plan_of, published, row_for

LEAD, CONTACT = "00Q000000000001AAA", "003000000000001AAA"
IDS = st.sampled_from([None, LEAD, CONTACT, "003000000000002AAA"])
DATA = st.builds(
    lambda lead, contact, name: {
        **person_data(None, None, None, None),
        "salesforce_lead_id": lead,
        "salesforce_contact_id": contact,
        "salesforce_account_name": name,
    },
    IDS,
    IDS,
    st.sampled_from([None, "Acme", "Größe \ufffe"]),
)
CONVERTED = {"contact_id": CONTACT, "account_id": None, "opportunity_id": None}
RECORDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["created", "updated", "deleted", "merged", "converted", "left_rule"]),
        "salesforce_id": st.sampled_from([LEAD, CONTACT]),
        "key": st.sampled_from([None, "lead-1"]),
        "system_modstamp": st.just("2026-11-20T10:00:00.000+0000"),
        "values": st.dictionaries(
            st.sampled_from(["name", "data", "key"]), st.sampled_from([None, "", 0, False, "Ada"])
        ),
        "data": st.one_of(st.just({}), DATA),
        "signals": st.sampled_from([[], ["big_account"]]),
        "merged_into": st.sampled_from([None, CONTACT]),
        "converted": st.sampled_from([None, CONVERTED]),
    }
)


def page(records: list[dict[str, Any]], sobject: str, version: int) -> bytes:
    """Return a page of these records."""
    content, form = PageContent(), form_of(version, sobject)
    for record in records:
        written = form(record)
        content.add(written, content.growth(written))
    shared = content.shared if version == SHARED else None
    text = page_text(a_pull(sobject=sobject), "acme", "run", 1, "id", True, content.records, shared)
    assert len(text) <= content.size + 300, "the size that was counted is not smaller than the page without its head"
    return text


@given(st.lists(RECORDS, max_size=6), st.sampled_from(["Lead", "Contact", "Case"]))
def test_a_reader_gets_the_same_records_from_both_versions(records: list[dict[str, Any]], sobject: str) -> None:
    plain, shared = (read_message(page(records, sobject, version).decode()) for version in (1, 2))
    assert shared == plain


def test_what_people_share_is_written_once() -> None:
    plan = plan_of(("last_name", "LastName"))
    rows = [row_for(plan, Id=an_id(number), LastName=f"Number {number}") for number in range(100)]
    records = [published(plan, row) for row in rows]
    text = json.loads(page(records, "Contact", 2))
    assert [each["salesforce_account_name"] for each in text["data"]] == ["Acme"]
    assert {each["data"] for each in text["records"]} == {0}
    assert text["records"][7].keys() == {"kind", "salesforce_id", "key", "system_modstamp", "values", "data"}
    assert len(page(records, "Contact", 2)) < len(page(records, "Contact", 1)) / 2


@pytest.mark.parametrize("version", [1, 2])
def test_a_run_publishes_in_the_version_of_the_deployment(version: int) -> None:
    pulling = _people_of_two_accounts()
    pulling.run(records_version=version)
    (sent,) = pulling.queues.published
    assert sent["version"] == version
    read = read_message(json.dumps(sent)).model_dump()
    assert [record["data"]["salesforce_account_name"] for record in read["records"]] == ["Acme", "Other", "Acme"]
    assert [record["data"]["salesforce_contact_id"] for record in read["records"]] == [an_id(n) for n in range(3)]


@pytest.mark.parametrize("version", [1, 2])
def test_pages_stay_below_what_a_message_may_hold_in_either_version(version: int) -> None:
    pulling = Pulling()
    for number in range(40):
        pulling.org.commit(an_id(number), LastName="日" * 20_000)
    pulling.org.advance(60)
    pulling.run(records_version=version)
    sizes = [len(json.dumps(page, ensure_ascii=False).encode()) for page in pulling.queues.published]
    assert len(sizes) > 1
    assert max(sizes) <= 1_048_576


def _people_of_two_accounts() -> Pulling:
    pulling = Pulling(org=FakeOrg(DESCRIBE))
    plan = plan_of(("last_name", "LastName"))
    for number, name in enumerate(("Acme", "Other", "Acme")):
        row = row_for(plan)
        pulling.org.commit(
            an_id(number),
            LastName="Lovelace",
            AccountId=row["AccountId"],
            Account={**row["Account"], "Name": name},
            OwnerId=row["OwnerId"],
            Owner=row["Owner"],
        )
    pulling.org.advance(60)
    return pulling
