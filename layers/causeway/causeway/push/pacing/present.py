"""What a tenant's pace is at present, for people. Pure."""

from __future__ import annotations

from causeway.connections.connection import Usage
from causeway.push.pacing.hold import DAY_S, Quota, gathering_sentence, hold_s
from causeway.push.pacing.rates import demand_of

USUAL_WITHIN_S = 300  # a sync's deliver_within_s by default


def present_pace(usage: Usage, share_percent: int, now_ms: int) -> tuple[int, str]:
    """Return for how many seconds a change that came now would be gathered under the usual limit, and the sentence that says so."""
    quota = Quota(usage.allowed, usage.used, share_percent)
    held_s = hold_s(quota, demand_of(usage, now_ms), now_ms / 1000 % DAY_S, USUAL_WITHIN_S)
    return round(held_s), gathering_sentence(held_s, quota)
