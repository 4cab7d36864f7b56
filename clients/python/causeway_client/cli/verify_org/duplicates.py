"""What the standard duplicate rules say."""

from __future__ import annotations

from typing import Any

from causeway_client.cli.verify_org.org import LOUD, QUIET, Answer, Org
from causeway_client.cli.verify_org.questions import NotAsked, Questions

DUPLICATES = Questions()


def _person(org: Org) -> dict[str, str]:
    return {"FirstName": "Ada", "Email": f"ada.{org.run}@verification.example", "Company": org.name}


def _alert(org: Org) -> Answer:
    """Return the answer to a lead that is there already; raise NotAsked when no rule alerts."""
    org.attempt("Lead", **_person(org))
    answer = org.attempt_aloud("Lead", **_person(org))
    if answer.error[0] != "DUPLICATES_DETECTED":
        raise NotAsked("No duplicate rule of leads alerts this user.")
    return answer


def _result(answer: Answer) -> tuple[str, dict[str, Any]]:
    (name,) = (each for each in answer.body[0] if each.startswith("duplicateRes"))
    return name, answer.body[0][name]


@DUPLICATES.about("data.rules.DUPLICATE_MESSAGE")
def message(org: Org) -> str:
    """A second lead of one name and address: the message."""
    return _alert(org).error[1]


@DUPLICATES.about("data.rules.DUPLICATE_ELEMENT")
def element(org: Org) -> str:
    """The same: the name of the element that holds the matches."""
    return _result(_alert(org))[0]


@DUPLICATES.about("data.rules.EMPTY_MATCH_RESULTS_ARE_LISTED")
def empty_results(org: Org) -> bool:
    """The same: whether matchResults names rules that found nothing."""
    return any(not each["matchRecords"] for each in _result(_alert(org))[1]["matchResults"])


@DUPLICATES.about("data.rules.STANDARD_RULES_ALERT_ON_UPDATE")
def on_update(org: Org) -> bool:
    """A lead that becomes a duplicate by an update."""
    _alert(org)
    other = org.create("Lead", FirstName="Grace", Email=f"grace.{org.run}@verification.example")
    answer = org.rest("PATCH", f"/sobjects/Lead/{other}", _person(org), headers=LOUD)
    return answer.error[0] == "DUPLICATES_DETECTED" if answer.is_refused else False


@DUPLICATES.about("settings.duplicates_named_in_collections")
def in_collections(org: Org) -> bool:
    """The same lead in a collection: whether the error names the matches."""
    _alert(org)
    errors = org.collect("Lead", [_person(org)], headers=LOUD).body[0]["errors"]
    if not errors:
        raise NotAsked("No duplicate rule of leads alerts in a collection.")
    return any(each.startswith("duplicateRes") for each in errors[0])


@DUPLICATES.about("rest.HEADERS_OF_ALL_PARTS")
def headers_of_all_parts(org: Org) -> list[str]:
    """A composite with allowSave=true as its own header, and a lead that is there already as its part."""
    _alert(org)
    address = f"/services/data/v{org.version}/sobjects/Lead/"
    part = {"method": "POST", "url": address, "referenceId": "lead", "body": org.marked("Lead", **_person(org))}
    answer = org.rest("POST", "/composite", {"compositeRequest": [part]}, headers=QUIET)
    is_saved = answer.body["compositeResponse"][0]["httpStatusCode"] < 400
    return ["sforce-duplicate-rule-header"] if is_saved else []
