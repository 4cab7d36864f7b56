"""Which API versions the org has, and the check of the one that a request names."""

from __future__ import annotations

from .facts import NEWEST_VERSION, OLDEST_VERSION, RETIRED_VERSION_STATUS
from .messages import OrgError

SEASONS = ("Summer", "Winter", "Spring")  # v31 is Summer '14; Winter carries the next year's number


def label(version: int) -> str:
    """Return the release name of a version, such as `Spring '26` for 66."""
    since = version - 31
    return f"{SEASONS[since % 3]} '{14 + (since + 2) // 3}"


def all_versions() -> list[dict[str, str]]:
    """Return the body of `GET /services/data`, oldest first."""
    return [
        {"label": label(number), "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
        for number in range(OLDEST_VERSION, NEWEST_VERSION + 1)
    ]


def checked_version(text: str) -> float:
    """Return a usable version; raise UNSUPPORTED_API_VERSION for a retired and NOT_FOUND for an unknown one."""
    number, _, minor = text.partition(".")
    if minor == "0" and number.isdigit() and 20 < int(number) < OLDEST_VERSION:
        raise OrgError(
            "UNSUPPORTED_API_VERSION", f"The requested API version {text} is retired.", status=RETIRED_VERSION_STATUS
        )
    if minor != "0" or not number.isdigit() or not OLDEST_VERSION <= int(number) <= NEWEST_VERSION:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    return float(text)
