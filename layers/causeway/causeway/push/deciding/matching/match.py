"""The record that a change is for, or why there is none; and the choice among several candidates. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

from causeway.contract.outcomes import Candidate, Warning
from causeway.salesforce.calls import Row

MAX_CANDIDATES = 10
MAX_PER_EMAIL = 50  # an address on more records than this is a shared mailbox, not a person

Several = Literal["newest", "oldest", "reject"]
Verdict = Literal["found", "none", "converted", "deleted", "shared_email", "several_matches"]


class Match(NamedTuple):
    """
    The record that a change is for, or why there is none.

    `converted`: only leads that were converted match; `became` is the contact they became. `deleted`: the record was
    deleted without survivor.
    """

    verdict: Verdict
    record: Row | None = None
    candidates: tuple[Candidate, ...] = ()
    warnings: tuple[Warning, ...] = ()
    became: str | None = None

    @property
    def found(self) -> Row | None:
        """Return the record that a write goes to, None when there is none."""
        return self.record if self.verdict == "found" else None


def chosen_match(found: list[tuple[Row, str]], several: Several) -> Match:
    """Choose one of the records found (each with how it matched) by the sync's rule for several."""
    if not found:
        return Match("none")
    if len(found) > MAX_PER_EMAIL:
        return Match("shared_email", candidates=candidates_of(found, None))
    if len(found) > 1 and several == "reject":
        return Match("several_matches", candidates=candidates_of(found, None))
    pick = min if several == "oldest" else max
    chosen, _ = pick(found, key=lambda item: age(item[0])) if len(found) > 1 else found[0]
    return Match("found", chosen, candidates_of(found, chosen))


def candidates_of(found: list[tuple[Row, str]], chosen: Row | None) -> tuple[Candidate, ...]:
    """Return at most ten candidates, the chosen one first, then the newest."""
    if len(found) == 1:
        row, how = found[0]
        return (Candidate(row["Id"], how, row is chosen),)
    newest_first = sorted(found, key=lambda item: age(item[0]), reverse=True)
    candidates = [Candidate(row["Id"], how, row is chosen) for row, how in newest_first]
    return tuple(sorted(candidates, key=lambda candidate: not candidate.chosen)[:MAX_CANDIDATES])


def age(row: Row) -> tuple[str, str]:
    """Return what orders records from the oldest to the newest."""
    return (str(row.get("CreatedDate") or ""), str(row["Id"]))
