"""Every stable code that a person may meet, each with a sentence and a remedy; docs/errors.md is made of it."""

from __future__ import annotations

from causeway.contract.code_entry import Code
from causeway.contract.outcome_codes import OUTCOMES, SALESFORCE
from causeway.contract.problem_codes import PROBLEMS
from causeway.contract.warning_codes import WARNINGS

CODES: dict[str, Code] = {**WARNINGS, **PROBLEMS, **OUTCOMES}


def explained(code: str) -> Code | None:
    """Return the code's entry, or None for a code that is not Causeway's own (such as Salesforce's)."""
    return None if code.startswith(SALESFORCE) else CODES.get(code)
