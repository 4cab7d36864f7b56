"""
Secrets that tests plant, and where they must never be found: logs, output, exceptions, tables, events, pages.

The simulated org's tokens, the apps' secrets, the link key and sessions are recognized by their form, so that every test of
the suite that moves one also plants it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

PLANTED: Final = (
    "local-default-secret",
    "local-rotating-secret",
    "link-signing-key-for-tests-0123456789abcdef",
    "consumer-secret",
    "own-secret",
)
_FORMS: Final = re.compile(
    "|".join(
        (
            r"00D[0-9A-Za-z]{12}!AQ[0-9A-Za-z._]{20,}",  # access token
            r"5Aep861[0-9A-Za-z._]{20,}",  # refresh token
            r"aPrx[0-9A-Za-z._]{20,}",  # authorization code
            r"cws_[0-9A-Za-z_-]{1,64}\.[0-9A-Za-z_-]{43}",  # console session
            *map(re.escape, PLANTED),
        )
    )
)


def canaries_in(texts: Iterable[str]) -> list[str]:
    """Return every secret that the texts hold, cut so that the report itself does not spread it."""
    return sorted({found[0][:14] + "…" for text in texts for found in _FORMS.finditer(text)})
