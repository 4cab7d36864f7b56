"""What a tenant's pace is at present, for people. Pure."""

from __future__ import annotations

from causeway.connections.connection import Usage
from causeway.contract.days import DAY_S
from causeway.push.pacing.hold import Quota, gathering_sentence, hold_s
from causeway.push.pacing.rates import demand_of
from causeway.syncs.sync import DELIVER_WITHIN_S


def present_pace(usage: Usage, share_percent: int, now_ms: int) -> tuple[int, str]:
    """Return for how many seconds a change that came now would be gathered under the usual limit, and the sentence that says so."""
    quota = Quota(usage.allowed, usage.used, share_percent)
    held_s = hold_s(quota, demand_of(usage, now_ms), now_ms / 1000 % DAY_S, DELIVER_WITHIN_S) or 0
    return round(held_s), gathering_sentence(held_s, quota)
