"""What reasons of parked changes have in common, so that equal refusals make one group. Pure."""

from __future__ import annotations

import re

_OWN = re.compile(
    r"[^\s@<>,;'\"]+@[^\s@<>,;'\"]+\.\w+"  # an address
    r"|(?<!\w)'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’|«[^»]*»"  # what is quoted
    r"|\b(?=[0-9A-Za-z]*\d)[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?\b"  # a Salesforce Id
    r"|\d[\d.,:T+-]*\d|\d"  # a number, a date, a moment
)


def shared_reason(reason: str) -> str:
    """Return a reason without what only one record says: quoted values, addresses, Ids and numbers become `…`."""
    return _OWN.sub("…", reason)
