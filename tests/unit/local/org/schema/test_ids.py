"""Ids of the simulated org: checksum, case and order (SOAP API guide, ID field type)."""

from __future__ import annotations

import pytest

from local.org.schema.ids import IdFactory, normalized, to18


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("0018M000001oWgP", "0018M000001oWgPQAU"),
        ("0038M0000016Wv8", "0038M0000016Wv8QAE"),
        ("0051J000006ybQi", "0051J000006ybQiQAI"),
        ("0015c00002Lz9mU", "0015c00002Lz9mUAAR"),
        ("012000000000000", "012000000000000AAA"),
    ],
)
def test_the_checksum_is_that_of_captured_ids(short: str, full: str) -> None:
    """Source: Ids in captured Salesforce answers; the checksum of the SOAP API guide, ID field type."""
    assert to18(short) == full


def test_both_lengths_mean_the_same_record() -> None:
    assert normalized("0018M000001oWgP") == normalized("0018M000001oWgPQAU") == "0018M000001oWgPQAU"


def test_18_characters_are_case_safe() -> None:
    """Source: SOAP API guide, ID field type: the suffix makes the Id safe for programs that ignore case."""
    assert normalized("0018m000001owgpqau") == "0018M000001oWgPQAU"


@pytest.mark.parametrize("value", ["", "001", "0018M000001oWgPQAX", "not an id at all", "0018M000001oWg-"])
def test_what_is_no_id_is_refused(value: str) -> None:
    assert normalized(value) is None


def test_ids_ascend_as_text_so_that_keyset_paging_works() -> None:
    factory = IdFactory("8qlF")
    ids = [factory.next("003") for _ in range(200)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert all(normalized(each) == each for each in ids)


def test_each_prefix_counts_on_its_own() -> None:
    factory = IdFactory("8qlF")
    assert factory.next("003")[3:15] == factory.next("001")[3:15]
