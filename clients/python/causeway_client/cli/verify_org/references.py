"""References, deleted and converted records, repeated records, external IDs, states and countries."""

from __future__ import annotations

import re
from typing import Any

from causeway_client.cli.verify_org.org import Answer, Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions

REFERENCES = Questions()
REPEATS = 20
CONVERTED = "Closed - Converted"  # the label of a new org
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def unknown_id(record_id: str) -> str:
    """Return an Id of the same kind and org that no record has."""
    short = record_id[:8] + "ZZZZZZZ"
    parts = (short[start : start + 5] for start in (0, 5, 10))
    return short + "".join(CHARACTERS[sum(1 << at for at, each in enumerate(part) if each.isupper())] for part in parts)


def _gone(org: Org) -> str:
    account = org.create("Account")
    org.delete("Account", account)
    return account


@REFERENCES.about("data.rules.WRONG_ID_TYPE_CODE")
def wrong_id_type(org: Org) -> str:
    """The Id of a contact as AccountId of another."""
    return org.attempt("Contact", AccountId=org.create("Contact")).error[0]


@REFERENCES.about("data.rules.UNKNOWN_REFERENCE")
def unknown_reference(org: Org) -> list[str]:
    """An AccountId that no account has."""
    return [*org.attempt("Contact", AccountId=unknown_id(org.create("Account"))).error]


@REFERENCES.about("settings.unknown_reference_code")
def unknown_reference_code(org: Org) -> str:
    """The code alone of an AccountId that no account has."""
    return org.attempt("Contact", AccountId=unknown_id(org.create("Account"))).error[0]


@REFERENCES.about("data.rules.DELETED_REFERENCE")
def deleted_reference(org: Org) -> list[str]:
    """The Id of an account that was just deleted, as AccountId."""
    return [*org.attempt("Contact", AccountId=_gone(org)).error]


@REFERENCES.about("rest.SAVE_ERROR_STATUS")
def statuses(org: Org) -> dict[str, int]:
    """A change of a deleted account, and a contact of an unknown account: each code with its status."""
    deleted = org.rest("PATCH", f"/sobjects/Account/{_gone(org)}", {"Site": "x"})
    crossed = org.attempt("Contact", AccountId=unknown_id(org.create("Account")))
    return {each.error[0]: each.status for each in (deleted, crossed)}


@REFERENCES.about("rest.MALFORMED_ROW_ID")
def malformed_row_id(org: Org) -> str:
    """GET of a contact by 15 characters that are no Id."""
    wrong = "003-not-an-Id-1"
    return org.rest("GET", f"/sobjects/Contact/{wrong}").error[1].replace(wrong, "{id}")


@REFERENCES.about("data.rules.CONVERTED_STATUS_BY_API")
def converted_status(org: Org) -> Any:
    """A converted status for a lead that is not converted."""
    known = org.query("SELECT MasterLabel FROM LeadStatus WHERE IsConverted = true")
    label = known.body["records"][0]["MasterLabel"] if not known.is_refused and known.body["records"] else CONVERTED
    answer = org.rest("PATCH", f"/sobjects/Lead/{org.create('Lead')}", {"Status": label})
    return [*answer.error] if answer.is_refused else "taken"


@REFERENCES.about("data.rules.ACCOUNT_HAS_CASES")
def account_with_cases(org: Org) -> str:
    """Deleting an account that has a case."""
    account = org.create("Account")
    number = str(org.read("Case", org.create("Case", AccountId=account), "CaseNumber"))
    message = org.rest("DELETE", f"/sobjects/Account/{account}").error[1]
    return message.replace(org.name, "{name}").replace(number, "{cases}")


def _repeated(org: Org) -> list[dict[str, Any]]:
    contact = org.create("Contact")
    records = [{"attributes": {"type": "Contact"}, "id": contact, "Title": str(each)} for each in range(REPEATS)]
    found: list[dict[str, Any]] = org.rest("PATCH", "/composite/sobjects", {"records": records}).body
    return [{**each, "contact": contact} for each in found]


@REFERENCES.about("data.rules.REPEATED_UPDATES_ALLOWED")
def repeated_updates(org: Org) -> int:
    """One collection that updates the same contact 20 times: how many after the first are done."""
    return sum(bool(each["success"]) for each in _repeated(org)) - 1


@REFERENCES.about("data.rules.REPEATED_UPDATE")
def repeated_update(org: Org) -> list[str]:
    """The refusal in that collection."""
    refused = next((each for each in _repeated(org) if not each["success"]), None)
    if refused is None:
        raise NotAsked(f"The org updated one contact {REPEATS} times.")
    error = refused["errors"][0]
    return [error["statusCode"], re.sub(rf"{refused['contact'][:15]}\w*", "{id}", error["message"])]


def _upserted(org: Org, sobject: str, name: str, *values: str) -> Answer:
    """Upsert records in one collection by a field."""
    records = [{"attributes": {"type": sobject}, **org.marked(sobject), name: value} for value in values]
    return org.rest("PATCH", f"/composite/sobjects/{sobject}/{name}", {"allOrNone": False, "records": records})


@REFERENCES.about("data.rules.NOT_AN_EXTERNAL_ID")
def no_external_id(org: Org) -> str:
    """A collection upsert of contacts by Title."""
    message = _upserted(org, "Contact", "Title", f"x {org.run}").error[1]
    return message.replace("Title", "{field}").replace("Contact", "{sobject}")


@REFERENCES.about("settings.upsert_by_id_lookup")
def upsert_by_email(org: Org) -> bool:
    """A collection upsert of contacts by Email."""
    answer = _upserted(org, "Contact", "Email", f"{org.run}@verification.example")
    return not answer.is_refused and bool(answer.body[0]["success"])


@REFERENCES.about("data.rules.SEVERAL_FOR_EXTERNAL_ID")
def several_for_external_id(org: Org) -> str:
    """An upsert by a value of an external ID field that two records have, if the org has such a field."""
    sobject, field = _external_id(org)
    ids = [org.create(sobject, **{field["name"]: org.run}) for _ in range(2)]
    message = _upserted(org, sobject, field["name"], org.run).error[1].replace(field["label"], "{label}")
    for each in ids:
        message = re.sub(rf"{each[:15]}\w*", "", message)
    return re.sub(r"\[[, ]*\]", "[{ids}]", message)


@REFERENCES.about("data.rules.REPEATED_EXTERNAL_ID")
def repeated_external_id(org: Org) -> list[str]:
    """A collection upsert that names one new external ID twice."""
    sobject, field = _external_id(org)
    code, message = _upserted(org, sobject, field["name"], f"{org.run}-2", f"{org.run}-2").error
    return [code, message.replace(f"{org.run}-2", "{value}")]


@REFERENCES.about("rest.UNDONE_UPSERT_IS_CREATED")
def undone_upsert(org: Org) -> bool:
    """An upsert with allOrNone of a new record that is right and one whose Email is none."""
    sobject, field = _external_id(org)
    sent = [{"attributes": {"type": sobject}, **org.marked(sobject), field["name"]: f"{org.run}-3"}]
    sent.append({"attributes": {"type": sobject}, field["name"]: f"{org.run}-4", "OwnerId": "no Id"})
    body = {"allOrNone": True, "records": sent}
    results = org.rest("PATCH", f"/composite/sobjects/{sobject}/{field['name']}", body).body
    return all(each["created"] for each in results)


def _external_id(org: Org) -> tuple[str, dict[str, Any]]:
    for sobject in ("Contact", "Lead", "Account"):
        for each in org.describe(sobject).values():
            if each["externalId"] and each["type"] == "string" and each["createable"] and not each["unique"]:
                return sobject, each
    raise NotAsked("Contact, Lead and Account have no external ID field whose values may repeat.")


def _without_label(answer: Answer) -> str:
    return re.sub(r": [^:]*$", ": {label}", answer.error[1])


def _refused_address(org: Org, **fields: str) -> str:
    if "MailingStateCode" not in org.describe("Contact"):
        raise NotAsked("State and country picklists are off in this org.")
    return _without_label(org.attempt("Contact", **fields))


@REFERENCES.about("data.rules.STATE_WITHOUT_COUNTRY")
def state_without_country(org: Org) -> str:
    """A state code without a country."""
    return _refused_address(org, MailingStateCode="CA")


@REFERENCES.about("data.rules.BAD_STATE")
def bad_state(org: Org) -> str:
    """A state that its country does not have."""
    return _refused_address(org, MailingState="Atlantis", MailingCountry="United States")


@REFERENCES.about("data.rules.BAD_COUNTRY")
def bad_country(org: Org) -> str:
    """A country that there is not."""
    return _refused_address(org, MailingCountry="Atlantis")


@REFERENCES.about("data.rules.NAME_AND_CODE_DIFFER")
def name_and_code(org: Org) -> str:
    """An update to a country beside the code of another."""
    if "MailingStateCode" not in org.describe("Contact"):
        raise NotAsked("State and country picklists are off in this org.")
    contact = org.create("Contact", MailingCountry="Germany")
    values = {"MailingCountry": "Canada", "MailingCountryCode": "US"}
    return _without_label(org.rest("PATCH", f"/sobjects/Contact/{contact}", values))


@REFERENCES.about("settings.unknown_member_status")
def unknown_member_status(org: Org) -> str:
    """A campaign member with a status that its campaign does not have."""
    campaign, lead = org.create("Campaign"), org.create("Lead")
    body = {"CampaignId": campaign, "LeadId": lead, "Status": f"x {org.run}"}
    answer = org.rest("POST", "/sobjects/CampaignMember/", body)  # it ends with its campaign
    return "refused" if answer.is_refused else "default"
