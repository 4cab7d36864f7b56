"""
Which topics EventBridge may publish to. Pure.

Facts: EventBridge User Guide, "Troubleshooting" and "Using resource-based policies": a topic's policy must allow events.amazonaws.com to
publish, and EventBridge does not support Condition blocks in topic policies; so neither a conditional statement nor a new topic's own
policy (whose condition names the owner) lets an event through. AWS counts such a delivery as failed; the topic gets nothing.
Conditional denials, such as of calls without TLS, are held not to keep EventBridge out, which calls by TLS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

SERVICE = "events.amazonaws.com"
ACTION = "sns:publish"


def lets_events_in(policy: str) -> bool:
    """Say whether EventBridge may publish under a topic's policy (JSON; "" for none)."""
    statements = json.loads(policy or "{}").get("Statement", [])
    about = [each for each in _several(statements) if "Condition" not in each and _is_about_events(each)]
    effects = {each["Effect"] for each in about}
    return effects == {"Allow"}


def _is_about_events(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    everybody = principal == "*" or (isinstance(principal, Mapping) and "*" in _several(principal.get("AWS", ())))
    named = isinstance(principal, Mapping) and SERVICE in _several(principal.get("Service", ()))
    actions = [str(action).lower() for action in _several(statement.get("Action", ()))]
    return (everybody or named) and any(fnmatchcase(ACTION, action) for action in actions)


def _several(one_or_more: Any) -> list[Any]:
    return list(one_or_more) if isinstance(one_or_more, (list, tuple)) else [one_or_more]
