"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from causeway_client.errors import ApiError

Level = Literal["ok", "warning", "problem", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `problem` makes the command fail, `unknown` could not be looked at."""

    check: str
    level: Level
    message: str
    remedy: str = ""


type Check = Callable[[], Iterator[Finding]]


def found(name: str, check: Check) -> Iterator[Finding]:
    """Yield what a check finds; a check that AWS or the API does not let look is `unknown`."""
    try:
        yield from check()
    except ClientError as error:
        message = error.response.get("Error", {}).get("Message", str(error))
        yield Finding(name, "unknown", f"AWS did not let us look: {message}", "Your role needs read access for this.")
    except (BotoCoreError, ApiError) as error:
        yield Finding(name, "unknown", f"This could not be looked at: {error}")
