"""docs/errors.md, made of the registered codes."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.connections.oauth.refusals import refusal_of
from causeway.contract.code_entry import Kind
from causeway.contract.codes import CODES
from causeway.salesforce.answers.meanings import Meaning
from causeway.salesforce.answers.oauth_rules import OAUTH_RULES
from causeway.salesforce.answers.reading import BUSY, RULES, TOO_LARGE, UNKNOWN_TRIES, WRONG

SECTIONS: dict[Kind, tuple[str, str]] = {
    "outcome": (
        "Outcomes",
        "Why a change was skipped, rejected or waits (`code` of an outcome, and of a parked change). Salesforce's own status "
        "codes appear as `salesforce:<STATUS_CODE>`, with Salesforce's sentence.",
    ),
    "warning": ("Warnings", "What was not done as asked with one field; the rest of the change was written."),
    "problem": (
        "Problems of a sync",
        "What the save check or the drift check found; errors block enabling, warnings do not.",
    ),
}


def _listed(statuses: Iterable[int]) -> str:
    """Return the statuses as a sentence names them."""
    *most, last = map(str, sorted(statuses))
    return f"{', '.join(most)} and {last}"


MEANINGS: dict[Meaning, str] = {
    Meaning.SESSION: "a new access token",
    Meaning.OUTAGE: "passes; nothing was applied",
    Meaning.UNSURE: "passes; it may have been applied",
    Meaning.LOCKED: "passes in a moment",
    Meaning.QUOTA: "waits for the quota",
    Meaning.PERSON: "waits for a person",
    Meaning.GONE: "connect again",
    Meaning.SMALLER: "smaller requests",
    Meaning.REFUSED: "refused for good",
    Meaning.OURS: "a fault of the connector",
    Meaning.UNKNOWN: "unknown",
}
ABOUT_ANSWERS = (
    "## Answers of Salesforce\n\n"
    "What Salesforce's codes mean for push, pull, discovery and the connection test alike (`causeway/salesforce/answers/`). "
    "Where words follow a code, they tell rules of one code apart by the message; the first row that fits decides.\n\n"
    f"Without a known code the HTTP status decides. {_listed(TOO_LARGE)}: smaller requests. {_listed(WRONG)}: the request is "
    f"wrong, and is never sent again unchanged. {_listed(BUSY)} and 5xx without a code: passes, and after ten deliveries "
    f"the change waits outside the queue. Any other answer counts as passing {UNKNOWN_TRIES} times, then as a refusal that quotes "
    "Salesforce. The answer about one record of a call is always final."
)

GRANT_MEANINGS: dict[Meaning, str] = {
    Meaning.OUTAGE: "stays; it is tried again",
    Meaning.PERSON: "stays; a person must act, then it recovers by itself",
    Meaning.GONE: "has ended",
    Meaning.REFUSED: "stays; only an attempt to connect ends",
}
ABOUT_OAUTH = (
    "## Refusals of Salesforce's sign-in\n\n"
    "What refusals of Salesforce's OAuth endpoints mean for connecting, and for the grant of a connection that is refreshed "
    f"(`causeway/salesforce/answers/`). The first row that fits decides. A refusal in no row leaves the grant as it is "
    f"{UNKNOWN_TRIES - 1} times; then a person is asked, in Salesforce's own words, and it is tried again every few hours."
)


def errors_page() -> str:
    """Return the page as Markdown."""
    lines = ["# Codes", "", "Generated from `causeway/contract/codes.py` by `python -m local.documents`.", ""]
    for kind, (title, about) in SECTIONS.items():
        lines += [f"## {title}", "", about, "", "| code | what happened | what to do |", "| --- | --- | --- |"]
        entries = sorted((code, entry) for code, entry in CODES.items() if entry.kind == kind)
        lines += [f"| `{code}` | {entry.sentence} | {entry.remedy} |" for code, entry in entries]
        lines.append("")
    return "\n".join([*lines, *_answers()])


def _answers() -> list[str]:
    """Return the table of what Salesforce's own codes mean."""
    rows = []
    for rule in RULES:
        code = f"`{rule.code}`" + (f" ({rule.words})" if rule.words else "")
        rows.append(f"| {code} | {MEANINGS[rule.meaning]} | {rule.sentence} | {rule.remedy} |")
    return [
        ABOUT_ANSWERS,
        "",
        "| code | meaning | what happened | what to do |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
        *_oauth(),
    ]


def _oauth() -> list[str]:
    """Return the table of what refusals of Salesforce's OAuth endpoints mean."""
    rows = []
    for rule in OAUTH_RULES:
        refusal = refusal_of(rule.reason, callback="…")
        said = ", ".join([*(f"`{error}`" for error in rule.errors), *(f"“{words}”" for words in rule.words)])
        rows.append(f"| {said} | {GRANT_MEANINGS[rule.meaning]} | {refusal.message} | {refusal.remedy} |")
    return [
        ABOUT_OAUTH,
        "",
        "| error or words | a grant | what happened | what to do |",
        "| --- | --- | --- | --- |",
        *rows,
        "",
    ]
