"""What a pull reads out of Salesforce's refusals beyond their meaning (salesforce/answers/)."""

from __future__ import annotations

from causeway.errors import OrgRefused, RequestTooLarge
from causeway.salesforce.answers.reading import rule_of

LOCATOR_ENDED = "INVALID_QUERY_LOCATOR"
_FEWER_ROWS_HELP = frozenset({"OPERATION_TOO_LARGE", "EXCEEDED_ID_LIMIT", "LIMIT_EXCEEDED"})


def wants_fewer_ids(refused: OrgRefused) -> bool:
    """Return whether a query for fewer Ids may succeed, or be read to its end."""
    is_too_long = isinstance(refused, RequestTooLarge) or refused.org_code == "MALFORMED_QUERY"
    return is_too_long or refused.org_code == LOCATOR_ENDED


def wants_fewer_rows(refused: OrgRefused) -> bool:
    """Return whether the same query over less time may succeed."""
    return refused.org_code in _FEWER_ROWS_HELP


def names_something(refused: OrgRefused) -> bool:
    """Return whether the refusal names a field or sObject that the user cannot see, or that is gone."""
    return refused.org_code in ("INVALID_FIELD", "INVALID_TYPE")


def sentence_of(refused: OrgRefused) -> tuple[str, str]:
    """Return what a refusal means, with Salesforce's own words, and the remedy, "" for none."""
    sentence = rule_of(0, refused.org_code, refused.message).sentence
    if not sentence or sentence == refused.message:
        return refused.message, refused.remedy
    return f"{sentence} Salesforce says: {refused.message}", refused.remedy
