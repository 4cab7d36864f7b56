"""Reads an answer of the REST API: its status, code and message give one rule, whoever asked. Pure."""

from __future__ import annotations

from typing import Final

from causeway.salesforce.answers.access_rules import ACCESS_RULES, TRY_AGAIN
from causeway.salesforce.answers.data_rules import DATA_RULES
from causeway.salesforce.answers.meanings import Blames, Meaning, Rule

RULES: Final[tuple[Rule, ...]] = (*ACCESS_RULES, *DATA_RULES)
UNKNOWN_TRIES: Final = 8
"""How often an answer that no rule knows counts as passing; after that it is a refusal."""
QUOTED: Final = 500
"""How much of Salesforce's own text is shown, in characters."""

# REST API guide, status codes: these say that the request is wrong, so it is never sent again unchanged.
TOO_LARGE: Final = {
    413: "The request is larger than Salesforce takes.",
    414: "The address of the request is longer than Salesforce takes.",
    431: "The address and headers of the request are longer than Salesforce takes.",
}
WRONG: Final = {400, 404, 405, 406, 410, 411, 412, 415, 422, 428}
BUSY: Final = {408, 420, 425, 429}

_BY_CODE: Final[dict[str, tuple[Rule, ...]]] = {
    code: tuple(rule for rule in RULES if rule.code == code) for code in dict.fromkeys(rule.code for rule in RULES)
}


def rule_of(status: int, code: str, message: str = "") -> Rule:
    """
    Return what an answer means: by its code, else by its HTTP status.

    `status` 0 stands for the answer about one record of a call, which has no status of its own.
    """
    text = message.lower()
    for rule in _BY_CODE.get(code, ()):
        if rule.words in text:
            return rule
    return _by_status(status, code)


def codes(*, meaning: Meaning | None = None, blames: frozenset[Blames] = frozenset(Blames)) -> frozenset[str]:
    """Return the codes that mean this and blame one of these."""
    return frozenset(rule.code for rule in RULES if meaning in (None, rule.meaning) and rule.blames in blames)


def _by_status(status: int, code: str) -> Rule:
    if status in TOO_LARGE:
        return Rule(code, Meaning.SMALLER, TOO_LARGE[status], "Ask for fewer records or fields at once.")
    if status == 503 and code:
        return Rule(code, Meaning.OUTAGE, f"The org is not available at the moment ({code}).", TRY_AGAIN)
    if status in BUSY or (status >= 500 and not code):
        return Rule(code, Meaning.UNSURE, f"The org answered with HTTP {status} and no usable result.", TRY_AGAIN)
    if status in WRONG or (status == 0 and code):
        return Rule(code, Meaning.REFUSED if code else Meaning.OURS, "", "")
    return Rule(code, Meaning.UNKNOWN, f"The org gave an answer that the connector does not know (HTTP {status}).", "")
