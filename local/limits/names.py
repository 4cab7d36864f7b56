"""The behaviours by name, and how a caller chooses them. Pure."""

from __future__ import annotations

from collections.abc import Mapping

VARIABLE = "CAUSEWAY_LIMITS"
ALL = "all"
CONCURRENCY = "concurrency"
CROWD = "crowd"
SECRETS = "secrets"
TABLES = "tables"
QUEUES = "queues"
TOPICS = "topics"
TLS = "tls"
NAMES = (CONCURRENCY, CROWD, SECRETS, TABLES, QUEUES, TOPICS, TLS)


def chosen(environment: Mapping[str, str]) -> tuple[str, ...]:
    """
    Return the behaviours that CAUSEWAY_LIMITS names: none when it is empty, every one for "all", else those listed by comma.

    Raises ValueError with the names there are for any other.
    """
    text = environment.get(VARIABLE, "").strip()
    if text == ALL:
        return NAMES
    asked = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(asked - set(NAMES))
    if unknown:
        raise ValueError(f"{VARIABLE} names {', '.join(unknown)}; there are {', '.join(NAMES)}, or {ALL}.")
    return tuple(name for name in NAMES if name in asked)
