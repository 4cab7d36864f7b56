"""
Secrets Manager remembers a little later: soon after a write, a read may give what was there before, or nothing.

Facts: GetSecretValue after CreateSecret may answer ResourceNotFoundException (hashicorp/terraform-provider-aws, issue 18406 and pull
request 18462, which read again); AWS states no bound. Writes see all earlier writes here: whether they do on AWS is not known.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from local.limits.met import Met, unnoted
from local.limits.service_calls import Answer, Body, Emulated, refusal

SETTLES_S = 2.0  # after a write, at most
FORMER = 0.5  # of the reads until then: hosts learn of a write one by one
READ = "GetSecretValue"
WRITES = frozenset({"CreateSecret", "PutSecretValue", "UpdateSecret", "DeleteSecret", "RestoreSecret"})
NOT_THERE = "ResourceNotFoundException"


@dataclass(frozen=True)
class Written:
    """A write that is not known everywhere: what a read gave before, the version it made, and when all know it."""

    before: Answer
    version: str
    until_s: float


@dataclass
class EventuallyConsistentSecrets:
    """Stands before Secrets Manager; `now_s` only grows."""

    chance: random.Random
    now_s: Callable[[], float]
    met: Met = unnoted
    _written: dict[str, Written] = field(default_factory=dict)

    async def answer(self, action: str, body: Body, emulated: Emulated) -> Answer:
        """Answer a read from before the last write now and then; note writes."""
        name = name_of(str(body.get("SecretId") or body.get("Name") or ""))
        if action in WRITES:
            return await self._write(name, action, body, emulated)
        written = self._written.get(name)
        is_read = action == READ and written is not None and self.now_s() < written.until_s
        if written is None or not is_read or self.chance.random() >= FORMER:
            return await emulated(action, body)
        self.met()
        return await self._before(written, body, emulated)

    async def _write(self, name: str, action: str, body: Body, emulated: Emulated) -> Answer:
        before = await emulated(READ, {"SecretId": name})
        answer = await emulated(action, body)
        version = str(answer.body.get("VersionId", ""))
        if answer.status == 200 and version != _version(before):  # the same version again changes nothing
            settled_s = self.now_s() + self.chance.random() * SETTLES_S
            self._written[name] = Written(before, version, settled_s)
        return answer

    async def _before(self, written: Written, body: Body, emulated: Emulated) -> Answer:
        asked = body.get("VersionId")
        if not asked or asked == _version(written.before):
            return written.before
        if asked == written.version:
            return refusal(NOT_THERE, "Secrets Manager can't find the specified secret value for VersionId.")
        return await emulated(READ, body)


def name_of(secret: str) -> str:
    """Return a secret's name from its name or ARN, which ends with six random characters."""
    return secret.rpartition(":secret:")[2].rpartition("-")[0] if secret.startswith("arn:") else secret


def _version(answer: Answer) -> str:
    return str(answer.body.get("VersionId", "")) if answer.status == 200 else ""
