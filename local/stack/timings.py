"""How long a push may take on the local stack, and how long a killed one takes to recover. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timings:
    """A preset of the template's parameter PushTiming, in seconds; the rules between them are those of production."""

    preset: str
    push_timeout_s: int
    claim_lease_s: int
    push_visibility_s: int
    unknown_outcome_hold_s: int
    person_wait_s: int = 20

    @property
    def recovery_bound_s(self) -> int:
        """
        Return how long a killed batch may take to settle.

        SQS shows it again after the visibility timeout; its claims have lapsed by then, or lapse within the lease.
        """
        return self.push_visibility_s + self.claim_lease_s + self.push_timeout_s

    def parameters(self) -> dict[str, str]:
        """Return the template's parameters."""
        return {"PushTiming": self.preset, "PersonWaitSeconds": str(self.person_wait_s)}


# A worker on a laptop at full load needs ten times as long as on a quiet one, and must not be killed for it.
PATIENT = Timings(
    "local-patient", push_timeout_s=60, claim_lease_s=70, push_visibility_s=360, unknown_outcome_hold_s=10
)
# For tests that kill a worker on purpose and wait for the recovery, on a machine that does other things too.
QUICK = Timings("local-quick", push_timeout_s=20, claim_lease_s=30, push_visibility_s=120, unknown_outcome_hold_s=10)
# For runs that kill many workers, on a quiet machine.
QUICKEST = Timings(
    "local-quickest", push_timeout_s=10, claim_lease_s=20, push_visibility_s=60, unknown_outcome_hold_s=10
)
BY_NAME = {"patient": PATIENT, "quick": QUICK, "quickest": QUICKEST}
