"""Collections as the org takes them: one kind each, at most 200 records and ten runs of one type, every record once."""

from __future__ import annotations

from itertools import groupby

from causeway.salesforce.calls import (
    MAX_RECORDS_PER_COLLECTION,
    MAX_SINGLES_PER_CALL,
    MAX_TYPE_RUNS,
    Collection,
    Save,
    collections_of,
    has_reference,
    share_of_next_call,
)
from hypothesis import given, settings
from hypothesis import strategies as st

saves = st.lists(
    st.builds(
        Save,
        sobject=st.sampled_from([f"Thing{number}__c" for number in range(14)]),
        values=st.fixed_dictionaries({}, optional={"AccountId": st.sampled_from(["001A", "001B"])}),
        record_id=st.none() | st.just("a00000000000001AAA"),
        external_id=st.none(),
        allow_duplicates=st.booleans(),
        assign=st.booleans(),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(saves)
def test_every_record_is_in_one_collection_of_its_own_kind(found: list[Save]) -> None:
    groups = collections_of(found)
    assert sorted(place for group in groups for place in group) == list(range(len(found)))
    for group in groups:
        assert len({found[place].kind for place in group}) == 1
        assert len(list(groupby(found[place].sobject for place in group))) <= MAX_TYPE_RUNS


def test_a_collection_holds_200_records() -> None:
    groups = collections_of([Save("Contact", {})] * 401)
    assert [len(group) for group in groups] == [MAX_RECORDS_PER_COLLECTION, MAX_RECORDS_PER_COLLECTION, 1]


def test_contacts_and_leads_share_a_collection_and_creates_and_updates_do_not() -> None:
    mixed = [Save("Contact", {}), Save("Lead", {}), Save("Contact", {}, "003"), Save("Lead", {}, "00Q")]
    assert sorted(map(sorted, collections_of(mixed))) == [[0, 1], [2, 3]]


def test_children_of_one_account_stand_together() -> None:
    accounts = ["001B", "001A", "001B", "001A"]
    (group,) = collections_of([Save("Contact", {"AccountId": account}) for account in accounts])
    assert [accounts[place] for place in group] == ["001A", "001A", "001B", "001B"]


PLAIN, LITERAL, ALONE = (
    Collection((Save("Contact", {"LastName": "L"}),)),
    Collection((Save("Contact", {"LastName": "L"}), Save("Contact", {"LastName": "@{r0.id}"}))),
    Collection((Save("Contact", {"LastName": "L"}, alone=True),)),
)


def test_a_collection_with_a_text_that_composite_would_resolve_has_a_call_of_its_own() -> None:
    assert share_of_next_call([LITERAL, LITERAL, PLAIN], 5) == 1
    assert share_of_next_call([PLAIN, PLAIN, LITERAL, PLAIN], 5) == 2
    assert share_of_next_call([PLAIN] * 7, 5) == 5


def test_records_that_go_alone_share_a_call_with_their_like_only() -> None:
    assert share_of_next_call([ALONE] * 30, 1) == MAX_SINGLES_PER_CALL
    assert share_of_next_call([ALONE, ALONE, PLAIN], 5) == 2


def test_a_reference_is_found_at_any_depth() -> None:
    assert has_reference({"a": [{"b": ("x", "a @{b")}]})
    assert has_reference({"a @{": 1})
    assert not has_reference({"a": ["@", "{", 1, None, {"b": True}]})


def test_records_that_need_a_call_of_their_own_fill_as_few_collections_as_they_can() -> None:
    found = [Save("Contact", {"LastName": "@{x}" if number % 40 == 0 else "L"}) for number in range(400)]
    groups = [[found[place].is_literal for place in group] for group in collections_of(found)]
    assert [any(group) for group in groups] == [True, False]
