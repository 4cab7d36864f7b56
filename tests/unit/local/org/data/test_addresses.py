"""State and country/territory picklists (help: field-syncing logic, integration values)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from local.org.data.store import Store
from tests.support.org.data import an_org_store, codes, created, row_of
from tests.support.org.edge import API, Client

STATE, STATE_CODE, COUNTRY, COUNTRY_CODE = "MailingState", "MailingStateCode", "MailingCountry", "MailingCountryCode"


def a_picklist_store() -> Store:
    return an_org_store(state_country_picklists=True)


def saved(store: Store, contact: str) -> list[str | None]:
    row = row_of(store, contact)
    return [row.get(name) for name in (STATE, STATE_CODE, COUNTRY, COUNTRY_CODE)]


def refusal(store: Store, **values: Any) -> tuple[str, str, list[str]]:
    (failure,) = store.create(None, "Contact", {"LastName": "Doe", **values}).failures
    return failure.status_code, failure.message, failure.fields


def test_an_org_without_these_picklists_takes_any_text() -> None:
    store = an_org_store()
    contact = created(store, "Contact", LastName="Doe", MailingState="Calif.", MailingCountry="U S of A")
    assert row_of(store, contact)[STATE] == "Calif."
    assert store.table("Contact").sobject.field(STATE_CODE) is None


@pytest.mark.parametrize(
    "given",
    [
        {STATE: "California", COUNTRY: "United States"},
        {STATE: "california", COUNTRY: "UNITED STATES"},
        {STATE_CODE: "CA", COUNTRY_CODE: "US"},
        {STATE: "California", COUNTRY_CODE: "us"},
    ],
)
def test_names_and_codes_follow_each_other(given: dict[str, str]) -> None:
    """Source: help, field-syncing logic: a valid code updates the integration value, a valid value updates the code."""
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", **given)
    assert saved(store, contact) == ["California", "CA", "United States", "US"]


def test_a_state_needs_its_country() -> None:
    """Source: captured answers: FIELD_INTEGRITY_EXCEPTION and its sentence, fields with the state."""
    assert refusal(a_picklist_store(), MailingState="California") == (
        "FIELD_INTEGRITY_EXCEPTION",
        "A country/territory must be specified before specifying a state value for field: Mailing State/Province",
        [STATE],
    )


def test_a_refused_state_is_taken_once_its_country_comes_too() -> None:
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe")
    assert codes(store.update(None, "Contact", contact, {STATE: "California"})) == ["FIELD_INTEGRITY_EXCEPTION"]
    assert store.update(None, "Contact", contact, {STATE: "California", COUNTRY: "United States"}).success
    assert saved(store, contact)[1] == "CA"


@pytest.mark.parametrize(
    ("state", "country"), [("Calif.", "United States"), ("Ontario", "United States"), ("CA", "Germany")]
)
def test_a_state_that_its_country_does_not_have_is_refused(state: str, country: str) -> None:
    """Source: captured answers: "There's a problem with this state, even though it may appear correct. ..."."""
    assert refusal(a_picklist_store(), MailingState=state, MailingCountry=country) == (
        "FIELD_INTEGRITY_EXCEPTION",
        "There's a problem with this state, even though it may appear correct. Please select a state from the list of "
        "valid states.: Mailing State/Province",
        [STATE],
    )


def test_a_country_that_the_org_does_not_list_is_refused() -> None:
    """Source: captured answers: "There's a problem with this country, even though it may appear correct. ..."."""
    assert refusal(a_picklist_store(), MailingCountry="U S of A") == (
        "FIELD_INTEGRITY_EXCEPTION",
        "There's a problem with this country, even though it may appear correct. Please select a country/territory from "
        "the list of valid countries.: Mailing Country",
        [COUNTRY],
    )


def test_a_code_that_the_org_does_not_list_is_a_bad_picklist_value() -> None:
    assert refusal(a_picklist_store(), MailingCountryCode="XX")[0] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_a_country_cannot_change_under_its_state() -> None:
    """Source: help, field-syncing logic: the new state is not in the new country, no changes are saved."""
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", MailingState="Texas", MailingCountry="United States")
    assert codes(store.update(None, "Contact", contact, {COUNTRY: "Canada"})) == ["FIELD_INTEGRITY_EXCEPTION"]
    assert store.update(None, "Contact", contact, {COUNTRY: "Canada", STATE: "Ontario"}).success
    assert saved(store, contact) == ["Ontario", "ON", "Canada", "CA"]


def test_a_country_taken_away_by_its_code_takes_the_state_along() -> None:
    """Source: help, field-syncing logic."""
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", MailingState="Texas", MailingCountry="United States")
    assert store.update(None, "Contact", contact, {COUNTRY_CODE: None}).success
    assert saved(store, contact) == [None, None, None, None]


def test_a_create_with_a_name_and_a_code_that_differ_takes_the_code() -> None:
    """Source: help, field-syncing logic: the new record's integration value is updated to match the code."""
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", MailingCountry="Canada", MailingCountryCode="US")
    assert saved(store, contact)[2:] == ["United States", "US"]


def test_an_update_with_a_name_and_a_code_that_differ_is_refused() -> None:
    """Source: help, field-syncing logic: no changes are saved."""
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", MailingCountry="Germany")
    result = store.update(None, "Contact", contact, {COUNTRY: "Canada", COUNTRY_CODE: "US"})
    assert [failure.message for failure in result.failures] == [
        "Mismatched integration value and ISO code for field: Mailing Country"
    ]


def test_an_address_from_before_the_picklists_stands_until_it_is_changed() -> None:
    store = an_org_store()
    contact = created(store, "Contact", LastName="Doe", MailingState="Calif.", MailingCountry="U S of A")
    store.settings.patch({"state_country_picklists": True})
    store.settings_changed()
    assert store.update(None, "Contact", contact, {"Title": "Dr"}).success
    assert codes(store.update(None, "Contact", contact, {STATE: "California"})) == ["FIELD_INTEGRITY_EXCEPTION"]


def test_a_country_becomes_acceptable_once_the_org_lists_it() -> None:
    client = Client()
    headers = client.session()
    client.settings(state_country_picklists=True)
    countries = client.control("GET", "settings")["countries"]
    path, body = f"{API}/sobjects/Contact", b'{"LastName": "Doe", "MailingCountry": "Iceland"}'
    assert client.send("POST", path, body=body, headers=headers).status == 400
    client.settings(countries={**countries, "IS": {"name": "Iceland", "states": {}}})
    assert client.send("POST", path, body=body, headers=headers).status == 201


def test_describe_has_the_codes_and_which_state_goes_with_which_country() -> None:
    """Source: help, integration values: a picklist-typed code field for each text field; SOAP guide: validFor."""
    client = Client()
    client.settings(state_country_picklists=True)
    described = client.send("GET", f"{API}/sobjects/Lead/describe", headers=client.session()).body
    fields = {each["name"]: each for each in described["fields"]}
    assert (fields["State"]["type"], fields["StateCode"]["type"]) == ("string", "picklist")
    assert (fields["StateCode"]["controllerName"], fields["StateCode"]["restrictedPicklist"]) == ("CountryCode", True)
    ontario = next(each for each in fields["StateCode"]["picklistValues"] if each["value"] == "ON")
    assert base64.b64decode(ontario["validFor"])[0] == 0x40
    assert fields["CountryCode"]["picklistValues"][1]["value"] == "CA"


def test_the_compound_address_has_the_codes() -> None:
    store = a_picklist_store()
    contact = created(store, "Contact", LastName="Doe", MailingCountry="Germany")
    address = row_of(store, contact)["MailingAddress"]
    assert (address["country"], address["countryCode"], address["stateCode"]) == ("Germany", "DE", None)


def test_countries_that_make_no_sense_are_refused() -> None:
    answer = Client().control("PATCH", "settings", {"countries": {"IS": {"nme": "Iceland"}}})
    assert answer[0]["errorCode"] == "INVALID_FIELD"
