"""Record Ids, moments and match addresses."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.salesforce.ids import prefixes_of, to18, valid_id
from causeway.salesforce.values.dates import epoch_ms, has_no_offset, rfc3339
from causeway.salesforce.values.emails import accepted_email, normalized_email

DOCUMENTED = {  # 15 characters → 18
    "0018000000N4pCk": "0018000000N4pCkAAJ",
    "001D000000IqhSL": "001D000000IqhSLIAZ",
    "005D0000001KyEI": "005D0000001KyEIIA0",
}


@pytest.mark.parametrize(("short", "full"), DOCUMENTED.items())
def test_the_long_form_of_an_id_carries_its_capitals(short: Any, full: Any) -> None:
    assert to18(short) == full
    assert to18(full) == full


def test_an_id_must_have_the_right_shape_checksum_and_prefix() -> None:
    assert valid_id(" 0018000000N4pCk ") == "0018000000N4pCkAAJ"
    assert valid_id("0018000000N4pCkAAJ", "001") == "0018000000N4pCkAAJ"
    assert valid_id("0018000000N4pCkAAJ", "003", "00Q") is None
    assert valid_id("0018000000N4pCkAAA") is None
    assert valid_id("0018000000n4pckaak") is None
    assert valid_id("0018000000N4pCkA") is None
    assert valid_id("0018000000N4pC'") is None
    assert valid_id("00180000００N4pCk") is None
    assert valid_id(None) is None
    assert valid_id(18) is None


def test_prefixes_are_known_only_when_every_kind_is() -> None:
    assert prefixes_of(("Contact", "Lead")) == ("003", "00Q")
    assert prefixes_of(("Contact", "Thing__c")) == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:00Z", None),
        ("2026-11-21T12:00:00Z", 1_795_262_400_000),
        ("2026-11-21T13:00:00.25+01:00", 1_795_262_400_250),
        ("2026-11-21T12:00:00", None),
        ("2026-11-21", None),
        ("soon", None),
    ],
)
def test_moments_of_messages(text: Any, moment: Any) -> None:
    assert epoch_ms(text) == (0 if text.startswith("1970") else moment)


@pytest.mark.parametrize("moment", [0, 1, 1_795_262_400_000, 1_795_262_400_123, -1])
def test_a_moment_survives_being_written_and_read(moment: Any) -> None:
    assert epoch_ms(rfc3339(moment)) == moment


def test_a_day_and_a_wall_clock_time_name_no_offset() -> None:
    assert has_no_offset("2026-11-20")
    assert has_no_offset("2026-11-20T10:00:00")
    assert not has_no_offset("2026-11-20T10:00:00Z")
    assert not has_no_offset("2026-13-20")


def test_addresses_match_in_any_case() -> None:
    assert normalized_email(" Ada@Example.COM ") == "ada@example.com"


def test_an_address_with_letters_of_any_script_identifies_its_person_though_most_orgs_do_not_store_it() -> None:
    assert normalized_email("Stanisław.Wójcik@wp.pl") == normalized_email("stanisław.wo\u0301jcik@wp.pl")
    assert accepted_email("stanisław@wp.pl") is None


@pytest.mark.parametrize("address", [None, "", "ada", "stanisław@wp", 7, "a@" + "x" * 60 + "." + "y" * 20 + ".com"])
def test_what_is_no_address_is_no_match_key(address: Any) -> None:
    assert normalized_email(address) is None
