"""What a save makes of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from causeway_client.cli.verify_org.org import Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions

VALUES = Questions()
SMILE = "\N{GRINNING FACE}"
EMPTIED = {  # one field of each type that a standard org has, of contacts and accounts
    "string": ("Contact", "Title"),
    "phone": ("Contact", "Phone"),
    "email": ("Contact", "Email"),
    "date": ("Contact", "Birthdate"),
    "picklist": ("Contact", "LeadSource"),
    "textarea": ("Contact", "Description"),
    "reference": ("Contact", "AccountId"),
    "url": ("Account", "Website"),
    "currency": ("Account", "AnnualRevenue"),
    "int": ("Account", "NumberOfEmployees"),
}


def _fields(org: Org, sobject: str, **wanted: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the fields that a user may set at create and that are as wanted."""
    for each in org.describe(sobject).values():
        if each["createable"] and all(each.get(name) == value for name, value in wanted.items()):
            yield each


def _field(org: Org, *sobjects: str, **wanted: Any) -> tuple[str, Mapping[str, Any]]:
    found = ((sobject, each) for sobject in sobjects for each in _fields(org, sobject, **wanted))
    first = next(found, None)
    if first is None:
        raise NotAsked(f"No field of {', '.join(sobjects)} is as asked for: {wanted}.")
    return first


@VALUES.about("data.rules.EMPTY_STRING_IS_NULL")
def empty_strings(org: Org) -> Any:
    """A contact and an account with "" for one field of each type; true when every field is empty afterwards."""
    kept: dict[str, Any] = {}
    for kind, (sobject, name) in EMPTIED.items():
        if name in org.describe(sobject):
            answer = org.attempt(sobject, **{name: ""})
            value = answer.error[0] if answer.is_refused else org.read(sobject, answer.body["id"], name)
            kept |= {kind: value} if value is not None else {}
    return kept or True


@VALUES.about("data.rules.NULL_CHECKBOX_IS_FALSE")
def null_checkbox(org: Org) -> Any:
    """null for a checkbox of a contact or lead; the code when it is refused."""
    sobject, field = _field(org, "Contact", "Lead", type="boolean")
    answer = org.attempt(sobject, **{field["name"]: None})
    return answer.error[0] if answer.is_refused else org.read(sobject, answer.body["id"], field["name"]) is False


@VALUES.about("data.rules.DATE_ACCEPTS_DATETIME")
def datetime_for_a_date(org: Org) -> bool:
    """2000-05-06T12:00:00Z for Birthdate; true when 2000-05-06 is stored."""
    answer = org.attempt("Contact", Birthdate="2000-05-06T12:00:00Z")
    return not answer.is_refused and org.read("Contact", answer.body["id"], "Birthdate") == "2000-05-06"


@VALUES.about("data.rules.DATETIME_WITHOUT_ZONE_IS_UTC")
def datetime_without_zone(org: Org) -> Any:
    """2026-01-05T10:00:00 for the start of an event; the code when it is refused."""
    answer = org.attempt("Event", StartDateTime="2026-01-05T10:00:00")
    if answer.is_refused:
        return answer.error[0]
    return str(org.read("Event", answer.body["id"], "StartDateTime")).startswith("2026-01-05T10:00:00")


@VALUES.about("data.rules.YEAR_OUT_OF_RANGE_CODE")
def early_year(org: Org) -> str:
    """1600-01-01 for Birthdate."""
    return org.attempt("Contact", Birthdate="1600-01-01").error[0]


@VALUES.about("data.rules.UNRESTRICTED_PICKLIST_IS_CANONICAL")
def picklist_case(org: Org) -> bool:
    """A known value of an unrestricted picklist in capitals."""
    for sobject in ("Contact", "Lead", "Account"):
        for field in _fields(org, sobject, type="picklist", restrictedPicklist=False, dependentPicklist=False):
            known = [each["value"] for each in field["picklistValues"] if each["active"]]
            value = next((each for each in known if each.upper() not in known), None)
            if value and not field["custom"]:
                return bool(org.stored(sobject, field["name"], value.upper()) == value)
    raise NotAsked("Contact, Lead and Account have no unrestricted picklist with a value in small letters.")


@VALUES.about("data.rules.EMAIL_DOMAIN_NEEDS_A_DOT")
def email_domain(org: Org) -> bool:
    """a@b for Email."""
    return org.attempt("Contact", Email="a@b").error[0] == "INVALID_EMAIL_ADDRESS"


@VALUES.about("data.rules.WRONG_JSON_TYPE_CODE")
def wrong_json_type(org: Org) -> str:
    """The text `soon` for Birthdate."""
    return org.attempt("Contact", Birthdate="soon").error[0]


@VALUES.about("data.rules.LENGTH_IN_UTF16_UNITS")
def emoji_length(org: Org) -> bool:
    """30 emoji for FirstName, which takes 40; true when they are too long."""
    return org.attempt("Contact", FirstName=SMILE * 30).error[0] == "STRING_TOO_LONG"


@VALUES.about("settings.multiline_length")
def multiline_length(org: Org) -> str:
    """MailingStreet, which takes 255: 200 umlauts (400 bytes), and 254 characters with 3 line breaks among them."""
    if org.attempt("Contact", MailingStreet="\N{LATIN SMALL LETTER A WITH DIAERESIS}" * 200).is_refused:
        return "bytes"
    return (
        "line_breaks" if org.attempt("Contact", MailingStreet="x" * 250 + "\n" * 2 + "\nx").is_refused else "characters"
    )


def _rich_text(org: Org) -> tuple[str, Mapping[str, Any]]:
    return _field(org, "Contact", "Lead", "Account", "Case", type="textarea", htmlFormatted=True)


@VALUES.about("data.rules.RICH_TEXT_ENTITIES")
def rich_text_entities(org: Org) -> dict[str, str]:
    """Each special character between two letters in a rich text area, if the org has one."""
    sobject, field = _rich_text(org)
    stored = {each: str(org.stored(sobject, field["name"], f"a {each} b")) for each in "&<>\"'"}
    return {each: text.removeprefix("a ").removesuffix(" b") for each, text in stored.items()}


@VALUES.about("settings.rich_text_entities_count")
def rich_text_length(org: Org) -> bool:
    """As many ampersands in a rich text area as it takes characters."""
    sobject, field = _rich_text(org)
    return org.attempt(sobject, **{field["name"]: "&" * int(field["length"])}).is_refused


@VALUES.about("settings.dependent_picklists_enforced")
def dependent_picklists(org: Org) -> bool:
    """A value of a restricted dependent picklist beside no value of what controls it, if the org has such a picklist."""
    for sobject in ("Contact", "Lead", "Account", "Case"):
        for field in _fields(org, sobject, type="picklist", dependentPicklist=True, restrictedPicklist=True):
            value = next((each["value"] for each in field["picklistValues"] if each["active"]), None)
            if value and not field["name"].endswith("StateCode"):  # states and countries have rules of their own
                return org.attempt(sobject, **{field["name"]: value}).is_refused
    raise NotAsked("Contact, Lead, Account and Case have no restricted dependent picklist.")
