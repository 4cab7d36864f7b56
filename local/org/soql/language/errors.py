"""The refusals of SOQL in Salesforce's words: an error code, and where in the statement it points."""

from __future__ import annotations

from ...wire.messages import OrgError

CONTEXT_CHARACTERS = 40
"""How much of the statement an error shows on either side of the place it points at; Salesforce's own window is unknown."""


def malformed(message: str) -> OrgError:
    """Return MALFORMED_QUERY with this message."""
    return OrgError("MALFORMED_QUERY", message)


def unexpected(token: str) -> OrgError:
    """Return the parser's refusal of one token (Summer '24 release notes, "Changed Error Messages" of SOQL)."""
    return malformed(f"unexpected token: '{token}'")


def unsupported(what: str) -> OrgError:
    """
    Return the refusal of a feature that Salesforce has and this org does not.

    Its code, one of Salesforce's own, differs from that of a statement which is no SOQL.
    """
    return OrgError("FUNCTIONALITY_NOT_ENABLED", f"The simulated org does not support {what}")


def pointing_at(code: str, message: str, statement: str, at: int) -> OrgError:
    """
    Return an error that quotes the statement around `at`, marks the place and names its row and column.

    The shape is that of "No such column" errors as clients see them: a blank line, the excerpt, a caret, `ERROR at
    Row:1:Column:12`, the message.
    """
    line_start = statement.rfind("\n", 0, at) + 1
    line_end = statement.find("\n", at)
    line = statement[line_start : line_end if line_end >= 0 else len(statement)]
    column = at - line_start
    first = max(0, column - CONTEXT_CHARACTERS)
    excerpt = line[first : column + CONTEXT_CHARACTERS]
    row = statement.count("\n", 0, at) + 1
    caret = " " * (column - first) + "^"
    return OrgError(code, f"\n{excerpt}\n{caret}\nERROR at Row:{row}:Column:{column + 1}\n{message}")
