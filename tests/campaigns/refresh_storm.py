"""
`python -m tests.campaigns.refresh_storm --json`: many callers meet many expired sessions of an org that rotates refresh tokens.

Each expiry ends the org's sessions; all callers then ask for a new access token, half of them at once and half within seconds,
each as an execution environment of its own over the real token service. Token calls are slow, dropped before and dropped after
they took effect. The oracle watches the org and counts rotations and reuses of tokens that were rotated out. It holds when
the org rotated once per expiry, and when connections were lost exactly where an answer was dropped after (each shown as
`reconnection_required` with its cause, then reconnected), with the one probe that is permitted after a lost answer as the only reuse.
`--grant-store dynamodb` keeps refresh tokens in the connection's item, by the gateway that ships.
`--lagging-secrets` lets readers of Secrets Manager see each version only up to 45 seconds after it was written. `--without-lease`
takes the lease out, `--variant trust_stale` uses whatever a lagging Secrets Manager gives: both must fail.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, override
from urllib.parse import parse_qs

import requests
from causeway.connections.connection import Status
from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.oauth.pkce import pkce_challenge
from causeway.connections.tokens.grants import ConnectionRecord, KeptToken
from causeway.connections.tokens.ports import Secrets, TokenPorts
from causeway.errors import NotFound, OrgUnavailable, ReconnectionRequired
from causeway.gateways.aws.access_tokens import StoredAccess
from causeway.gateways.dynamodb.grants import GrantTable
from causeway.gateways.grant_stores import GrantStores
from causeway.gateways.salesforce.oauth import TokenEndpoint
from causeway.salesforce.access import Access
from causeway.wiring.clients import new_id
from moto import mock_aws

from local.org.app import Org
from local.org.setup.connected_apps import ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET
from tests.campaigns.virtual_time import VirtualClock
from tests.support.api.factories import CONFIG_TABLE, a_config_table
from tests.support.connections.fakes import (
    DirectBroker,
    LaggingSecrets,
    MemoryConnections,
    MemorySecrets,
    PlainEncryption,
    SentEvents,
)
from tests.support.org.transport import OrgTransport

ORIGIN = "http://127.0.0.1:1"
REDIRECT_URI = "http://127.0.0.1:2/oauth/callback"
USERNAME = "integration@northwind.example"
VERIFIER = "v" * 43
START_MS = 1_800_000_000_000
ENOUGH_PROBLEMS = 20  # a broken build has shown itself by then
LOST_CAUSE = "refresh_response_lost"

MOST_LAG_MS = 45_000  # far longer than Secrets Manager takes, and shorter than a lease

type SecretsKind = Literal["prompt", "lagging", "trusted", "dynamodb"]
type Mishap = Literal["none", "slow", "dropped_before", "dropped_after"]
MISHAPS: tuple[Mishap, ...] = ("none", "none", "none", "none", "slow", "slow", "dropped_before", "dropped_after")


class LeaselessConnections(MemoryConnections):
    """The broken variant: every lease is given and no fence holds anybody back."""

    @override
    def record(self, tenant: str) -> ConnectionRecord:
        return replace(super().record(tenant), lease_until_ms=0)

    @override
    def save(self, before: ConnectionRecord, after: ConnectionRecord) -> bool:
        stored = super().record(before.tenant)
        return super().save(replace(before, fence=stored.fence), replace(after, fence=stored.fence))


class TrustingSecrets(LaggingSecrets):
    """The broken variant: the newest version that is known stands for one that is not known yet."""

    @override
    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        try:
            return super().refresh_token(tenant, grant, version)
        except NotFound:
            known = super().refresh_token(tenant, grant, None)
            asked = next(each for each in self._versions(tenant, grant) if version in (None, each.version))
            return replace(known, rotation=asked.rotation, version=asked.version)


class Watcher(OrgTransport):
    """Carries token requests to the org, makes the chosen mishap of each expiry happen, and counts what the org did."""

    def __init__(self, org: Org, clock: VirtualClock) -> None:
        super().__init__(org)
        self._clock = clock
        self._lock = threading.Lock()
        self._spent: set[str] = set()
        self.next_mishap: Mishap = "none"
        self.latency_s = 0.0
        self.counts: Counter[str] = Counter()

    @override
    def carry(self, request: requests.PreparedRequest) -> requests.Response:
        form = parse_qs(str(request.body or ""))
        if form.get("grant_type") != ["refresh_token"]:
            return super().carry(request)
        with self._lock:
            mishap, self.next_mishap = self.next_mishap, "none"
        if self.latency_s:
            self._clock.sleep(self.latency_s)
        if mishap == "slow":
            self._clock.sleep(random.Random(self.counts["refreshes"]).uniform(8, 19))
        if mishap == "dropped_before":
            raise requests.ConnectionError("Connection aborted.")
        response = self._counted(form["refresh_token"][0], request)
        if mishap == "dropped_after":
            raise requests.ConnectionError("Connection aborted.")
        return response

    def _counted(self, token: str, request: requests.PreparedRequest) -> requests.Response:
        with self._lock:
            self.counts["reuses"] += token in self._spent
            response = super().carry(request)
            if response.ok:
                self.counts["refreshes"] += 1
                self._spent.add(token)
            return response


class Storm:
    """One connection, its callers, and what they meet."""

    def __init__(self, callers: int, seed: int, *, leases: bool = True, secrets: SecretsKind = "prompt") -> None:
        self.random = random.Random(seed)
        self.clock = VirtualClock(START_MS)
        self.org = Org(seed)
        self.org.origin = ORIGIN
        self.watcher = Watcher(self.org, self.clock)
        self.connections = MemoryConnections() if leases else LeaselessConnections()
        self.problems: list[str] = []
        self.counts: Counter[str] = Counter()
        session = requests.Session()
        session.mount("http://", self.watcher)
        self.encryption = PlainEncryption()
        self.ports = TokenPorts(
            connections=self.connections,
            endpoint=TokenEndpoint(session),
            secrets=self._secrets(secrets),
            encryption=self.encryption,
            events=SentEvents(),
            now_ms=self.clock.now_ms,
            sleep=self.clock.sleep,
            new_id=new_id,
            jitter=lambda: 0.5,
            on_org_change=lambda tenant: None,
            loopback=(ORIGIN,),
        )
        self.broker = DirectBroker(self.ports)
        self.callers = [self._caller() for _ in range(callers)]

    def _secrets(self, kind: SecretsKind) -> Secrets:
        app = AppCredentials(ROTATING_CLIENT_ID, ROTATING_CLIENT_SECRET)
        if kind == "prompt":
            return MemorySecrets(app)
        if kind == "dynamodb":
            manager = MemorySecrets(app)
            return GrantStores(manager, GrantTable(a_config_table(), CONFIG_TABLE, self.encryption), manager)
        lags = random.Random(self.random.random())
        made = TrustingSecrets if kind == "trusted" else LaggingSecrets
        return made(app, self.clock.now_ms, lambda: lags.randrange(MOST_LAG_MS))

    def _caller(self) -> StoredAccess:
        return StoredAccess(
            self.connections, self.encryption, DirectBroker(self.ports), self.clock.now_ms, self.clock.sleep
        )

    def connect(self) -> None:
        """Approve in the org and exchange the code, as the callback does."""
        app = self.org.settings.apps[ROTATING_CLIENT_ID]
        user = self.org.users.named(USERNAME)
        assert user is not None
        code = self.org.grants.issue_code(
            app, user["Id"], REDIRECT_URI, ["api", "refresh_token", "id"], pkce_challenge(VERIFIER)
        )
        answer = self.broker.ask(
            "exchange",
            "acme",
            code=code.code,
            verifier=VERIFIER,
            redirect_uri=REDIRECT_URI,
            client_id=ROTATING_CLIENT_ID,
            login_origin=ORIGIN,
        )
        if answer["result"] != "connected":
            self.problems.append(f"connecting answered {answer}")

    def expire(self, mishap: Mishap) -> None:
        """End the org's sessions, let every caller renew at once, and check what each of them got."""
        stale = self.callers[0].access("acme")
        self.org.sessions.end_all()
        self.watcher.next_mishap = mishap
        found: list[Access | str] = []
        self.clock.enter(len(self.callers))
        threads = [
            threading.Thread(target=self._renew, args=(caller, stale, self._delay_s(), found))
            for caller in self.callers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.counts["expiries"] += 1
        self.counts[mishap] += 1
        self._judge(found)

    def _delay_s(self) -> float:
        """Half of the callers meet the expired session at once, the others within 40 seconds: during a slow call, and after."""
        return self.random.choice((0.0, self.random.uniform(0, 40)))

    def _renew(self, caller: StoredAccess, stale: Access, delay_s: float, found: list[Access | str]) -> None:
        try:
            if delay_s:
                self.clock.sleep(delay_s)
            for _ in range(200):
                try:
                    found.append(caller.renewed(stale))
                    return
                except OrgUnavailable:
                    self.clock.sleep(5)
                except ReconnectionRequired as lost:
                    found.append(lost.cause)
                    return
            found.append("never settled")
        finally:
            self.clock.leave()

    def _judge(self, found: list[Access | str]) -> None:
        """Every caller holds the one token that the org accepts, or every caller learned that the connection is lost."""
        outcomes = {each if isinstance(each, str) else each.access_token for each in found}
        if len(outcomes) != 1 or len(found) != len(self.callers):
            self.problems.append(f"expiry {self.counts['expiries']}: callers ended in {len(outcomes)} ways")
        if outcomes == {LOST_CAUSE}:
            self._lost()
        elif any(self.org.sessions.find(token) is None for token in outcomes):
            self.problems.append(f"expiry {self.counts['expiries']}: a caller was left without a living token")
            if self.connections.get("acme").status is not Status.CONNECTED:
                self.counts["connections_lost"] += 1
            self.connect()

    def _lost(self) -> None:
        connection = self.connections.get("acme")
        if (connection.status, connection.cause) != (Status.RECONNECTION_REQUIRED, LOST_CAUSE):
            self.problems.append(f"a lost connection is shown as {connection.status} because of {connection.cause!r}")
        self.counts["connections_lost"] += 1
        self.connect()

    def report(self, seconds: float) -> dict[str, Any]:
        """Return the figures, with every invariant that did not hold."""
        figures: dict[str, Any] = {
            "expiries": self.counts["expiries"],
            "refreshes": self.watcher.counts["refreshes"],
            "reuses": self.watcher.counts["reuses"],
            "connections_lost": self.counts["connections_lost"],
            "injected_losses": self.counts["dropped_after"],
        }
        problems = list(self.problems)
        if figures["refreshes"] != figures["expiries"]:
            problems.append("the org did not rotate once per expiry")
        if not figures["connections_lost"] == figures["injected_losses"] == figures["reuses"]:
            problems.append("connections were lost, or tokens used again, other than by a dropped answer")
        return figures | {
            "dropped_before": self.counts["dropped_before"],
            "slow": self.counts["slow"],
            "callers": len(self.callers),
            "virtual_hours": round((self.clock.now_ms() - START_MS) / 3_600_000, 1),
            "seconds": round(seconds, 1),
            "problems": problems[:10],
            "problem_count": len(problems),
            "holds": not problems,
        }


def storm(
    callers: int,
    expiries: int,
    seed: int,
    *,
    leases: bool = True,
    losses: bool = True,
    secrets: SecretsKind = "prompt",
) -> Mapping[str, Any]:
    """Run the campaign and return its figures; `holds` says whether all was as promised."""
    started = time.monotonic()
    switch_interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # many thread switches: what can meet does meet
    try:
        with mock_aws():
            run = Storm(callers, seed, leases=leases, secrets=secrets)
            run.connect()
            for _ in range(expiries):
                mishap = run.random.choice(MISHAPS)
                run.expire("slow" if mishap == "dropped_after" and not losses else mishap)
                if len(run.problems) > ENOUGH_PROBLEMS:
                    break
    finally:
        sys.setswitchinterval(switch_interval_s)
    return run.report(time.monotonic() - started)


def _kind(asked: argparse.Namespace) -> SecretsKind:
    if asked.grant_store == "dynamodb":
        return "dynamodb"
    return "trusted" if asked.variant else "lagging" if asked.lagging_secrets else "prompt"


def main() -> int:
    """Run the campaign as asked on the command line; the exit code says whether it holds."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.refresh_storm", description=__doc__)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--expiries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without-lease", action="store_true", help="take the lease out: the campaign must then fail")
    parser.add_argument("--without-losses", action="store_true", help="drop no answer after it took effect")
    parser.add_argument(
        "--lagging-secrets", action="store_true", help="let Secrets Manager know each version only later"
    )
    parser.add_argument("--grant-store", choices=["secretsmanager", "dynamodb"], default="secretsmanager")
    parser.add_argument("--variant", choices=["trust_stale"], help="a broken variant: the campaign must then fail")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")
    asked = parser.parse_args()
    figures = storm(
        asked.callers,
        asked.expiries,
        asked.seed,
        leases=not asked.without_lease,
        losses=not asked.without_losses,
        secrets=_kind(asked),
    )
    if asked.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:>17}: {value}" for name, value in figures.items()))
    return 0 if figures["holds"] else 1


if __name__ == "__main__":
    sys.exit(main())
