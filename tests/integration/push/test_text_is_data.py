"""Whatever text a product sends, the org holds the same text afterwards: no call takes a part of it for a reference."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from causeway.syncs.sync import Mapping as Row
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.push.world import PEOPLE_ROWS, TENANT, World, change, sync, world

PARENT = Row(product="company", salesforce="Account.Name", create_related=True)
_PARTS = ("@{", "}", "r0", "[0]", ".id", "@", "{", "%40%7B", "\\", "\\u0040{", "'", '"', "&", "ä", "😀", "x")
_REFERENCES = ("@{r0[0].id}", "@{r0.records[0].Id}", "@{ r1 }", "@{firstName}", "%40%7Br0.id%7D", "@{@{r0[0].id}}")
MOST = 20  # characters: a first name holds 40 UTF-16 units
texts = st.lists(st.sampled_from(_PARTS + _REFERENCES), min_size=1, max_size=6).map(
    lambda parts: "".join(parts)[:MOST].strip()
)


@pytest.fixture(scope="module")
def w() -> Iterator[World]:
    people = sync("people", "Contact", *PEOPLE_ROWS, ("student", "Student__c"), external_id_field="Student__c")
    people = people.model_copy(update={"mappings": (*people.mappings, PARENT)})
    with world(people) as running:
        field = {"name": "Student__c", "type": "string", "length": 80, "externalId": True, "unique": True}
        running.control("POST", "schema", {"sobjects": [{"name": "Contact", "fields": [field]}]})
        running.syncs.by_tenant[TENANT] = [people]
        yield running


@given(texts, texts, texts, texts)
@settings(  # each example is several requests: to shrink one takes minutes
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_is_read_back_as_it_was_sent(w: World, last: str, first: str, title: str, company: str) -> None:
    number = w._numbers
    marks = {"student": f"S{number} {title}", "company": f"{company} {number}"}
    before = {"last_name": f"Before{number}", "email": f"b{number}@example.com", "student": f"T{number} {title}"}
    w.push(change(f"b{number}", **before))
    new = change(f"a{number}", email=f"a{number}@example.com", last_name=last, first_name=first, title=title, **marks)
    known = change(f"b{number}", **before | {"first_name": first, "title": title})
    assert [item["result"] for item in w.push(new, known)] == ["created", "updated"]
    (made,) = w.records("Contact", Student__c=marks["student"])
    (updated,) = w.records("Contact", Student__c=before["student"])
    assert (made["LastName"], made["FirstName"], made["Title"]) == (last, first, title)
    assert (updated["FirstName"], updated["Title"]) == (first, title)
    (account,) = w.records("Account", Name=marks["company"])
    assert made["AccountId"] == account["Id"]
    again = change(f"c{number}", last_name=last, student=marks["student"], company=marks["company"])
    assert w.push(again)[0]["result"] == "unchanged"
