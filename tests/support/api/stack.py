"""The API in one process: its real routes, use cases and gateways over moto and the simulated org over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests
from causeway.api.routing import respond
from causeway.api.table import ROUTES
from causeway.connections.access.links import ConnectLinkRequest
from causeway.connections.access.sessions import end_sessions, new_session, session_of
from causeway.connections.connection import Policy
from causeway.connections.connection_test import connection_report
from causeway.connections.oauth.connect import new_connect_link
from causeway.gateways.aws.parallel import gathered
from causeway.gateways.dynamodb.config.checkpoints import CheckpointTable
from causeway.gateways.dynamodb.config.describes import DescribeTable
from causeway.gateways.dynamodb.config.fields import FieldTable
from causeway.gateways.dynamodb.config.pull_history import PullHistory
from causeway.gateways.dynamodb.config.runs import RunTable
from causeway.gateways.dynamodb.config.syncs import SyncTable
from causeway.gateways.dynamodb.lookup_answers import LookupAnswers
from causeway.gateways.dynamodb.parked.store import ParkedTable
from causeway.gateways.dynamodb.state.claims import ClaimTable
from causeway.gateways.dynamodb.subscriptions.notices import NoticeTable
from causeway.gateways.dynamodb.subscriptions.table import SubscriptionTable
from causeway.gateways.salesforce.composite import OrgCalls
from causeway.gateways.salesforce.org import SalesforceOrg
from causeway.gateways.salesforce.relay_setup import RelaySetupCalls
from causeway.lookups.items import Request as LookupRequest
from causeway.lookups.lookup import look_up
from causeway.lookups.ports import LookupPorts
from causeway.pull.run_now import RunsNow
from causeway.push.dry_run import DryRunPorts, dry_run
from causeway.records.remembered import RememberedRecord, remembered_record
from causeway.records.search import Found, search_records
from causeway.relay.setup import RelaySetup
from causeway.relay.setup_ports import SetupPorts
from causeway.settings import Settings
from causeway.subscriptions.management import Subscriptions
from causeway.subscriptions.ports import Answer as Received
from causeway.subscriptions.ports import SubscriptionPorts
from causeway.syncs.discovery.describes import Discovery
from causeway.syncs.management import Syncs
from causeway.syncs.sync import Sync
from causeway.wiring.api import UseCases, policy_event
from causeway.wiring.clients import new_id, new_secret, now_ms

from local.demo.visitor import Visitor
from tests.support.api.events import backend_event, browser_event
from tests.support.api.factories import PARKED_BUCKET, PARKED_TABLE, STATE_TABLE, a_parked_table, a_state_table
from tests.support.api.fakes import FakePullJobs
from tests.support.connections.factories import CONFIG_TABLE
from tests.support.connections.stack import LINK_KEY, ConnectStack, a_connect_stack
from tests.support.pull.two_way import MemorySynced
from tests.support.relay.setup import PLACE, MemoryFollowers, MemorySources

LOGIN = {"username": "integration@northwind.example", "pw": "northwind1"}


class LocalUseCases(UseCases):
    """The API's use cases over one connect stack instead of a deployment."""

    def __init__(self, stack: ConnectStack, http: requests.Session) -> None:
        client = stack.connections._client
        self._stack, self._http = stack, http
        self.settings = Settings(config_table=CONFIG_TABLE)
        self.connection = stack.settings
        self.connections = stack.connections
        self.product_fields = FieldTable(client, CONFIG_TABLE)
        self.sync_table = SyncTable(client, CONFIG_TABLE)
        self.memory = ClaimTable(a_state_table(), STATE_TABLE, "", now_ms, 0)
        self.discovery = Discovery(
            self.org_of,
            DescribeTable(client, CONFIG_TABLE),
            now_ms,
            lambda tenant, before, after: self.syncs.note_drift(tenant, before, after),
        )
        self.syncs = Syncs(self.sync_table, self.discovery, self.product_fields, stack.events.publish, now_ms)

        self.parked = ParkedTable(*_parked_store(), now_ms, 90)
        self.runs = RunTable(client, CONFIG_TABLE, now_ms, 30)
        self.jobs = FakePullJobs()
        self.checkpoints = CheckpointTable(client, CONFIG_TABLE, now_ms)
        self.pull_history = PullHistory(self.runs, now_ms, new_id, stack.events.publish)
        self.subscriptions = Subscriptions(
            SubscriptionPorts(
                store=SubscriptionTable(client, CONFIG_TABLE),
                notices=NoticeTable(client, CONFIG_TABLE),
                key=lambda: LINK_KEY,
                post=lambda url, headers, body: Received(200),
                mail=lambda subscription, subject, text: Received(200),
                mail_operators=lambda subject, text: Received(200),
                invite=lambda subscription, address: "",
                uninvite=lambda arn: None,
                later=lambda tenant, subscription, delay_s: None,
                publish=stack.events.publish,
                now_ms=now_ms,
                new_id=new_id,
                loopback=(),
            )
        )
        self.relay = RelaySetup(
            SetupPorts(
                PLACE,
                lambda tenant: RelaySetupCalls(self.org_of(tenant)),
                MemorySources(),
                MemoryFollowers(),
                self.connections,
                self.sync_table,
                now_ms,
            )
        )
        self.runs_now = RunsNow(
            self.connections,
            self.checkpoints,
            self.runs,
            self.pull_history,
            self.jobs,
            stack.events.publish,
            now_ms,
        )

    def org_of(self, tenant: str) -> SalesforceOrg:
        access = self._stack.access
        return SalesforceOrg(
            access.access(tenant), access, self._http, now_ms, lambda usage: access.note_usage(tenant, usage)
        )

    def dry_run(self, tenant: str, sync: Sync, change: Mapping[str, Any]) -> dict[str, Any]:
        ports = DryRunPorts(
            connections=self.connections,
            syncs=self.sync_table,
            described=self.discovery.described,
            described_again=lambda tenant, sobject: self.discovery.described(tenant, sobject, fresh=True),
            org=lambda tenant: OrgCalls(self.org_of(tenant)),
            claims=self.memory,
            synced=MemorySynced(),
            now_ms=now_ms,
        )
        return dry_run(tenant, sync, change, ports)

    def record(self, tenant: str, source: str, key: str) -> RememberedRecord:
        return remembered_record(tenant, source, key, self.connections, self.sync_table, self.memory)

    def look_up(self, tenant: str, request: LookupRequest) -> dict[str, Any]:
        ports = LookupPorts(
            connections=self.connections,
            syncs=self.sync_table,
            memory=self.memory,
            described=self.discovery.described,
            described_again=partial(self.discovery.described, fresh=True),
            is_described=self.discovery.is_described,
            org=lambda tenant: OrgCalls(self.org_of(tenant)),
            answers=LookupAnswers(self._stack.connections._client, CONFIG_TABLE),
            now_ms=now_ms,
            at_once=gathered,
        )
        return look_up(tenant, request, ports)

    def search_records(self, tenant: str, text: str, source: str | None) -> list[Found]:
        return search_records(text, self.connections.get(tenant), self.sync_table.list(tenant), self.memory, source)

    def test_connection(self, tenant: str) -> dict[str, Any]:
        orgs, syncs = self.org_of, self.sync_table.list(tenant)
        return connection_report(tenant, self.connections, orgs, self.discovery, syncs, now_ms)

    def page_key(self) -> bytes:
        return LINK_KEY

    def connect_link(self, tenant: str, request: ConnectLinkRequest) -> dict[str, Any]:
        return new_connect_link(tenant, request, self._stack.ports)

    def open_tenant(self, tenant: str, request: Any) -> dict[str, Any]:
        self._stack.events.publish("tenant.opened", {"tenant": tenant, "operator": request.user})
        return self.new_session(tenant, request, request.user)

    def keep_policy(self, tenant: str, policy: Policy, before: Policy, operator: str) -> None:
        self._stack.events.publish("tenant.policy_changed", policy_event(tenant, policy, before, operator))
        self.connections.keep_policy(tenant, policy)

    def new_session(self, tenant: str, request: Any, acts_for: str = "") -> dict[str, Any]:
        return new_session(
            tenant,
            request,
            self._stack.markers,
            public_url=self._stack.public_url,
            now_ms=now_ms,
            new_secret=new_secret,
            embed_origins=self.settings.embed_origins,
            acts_for=acts_for,
        )

    def end_sessions(self, tenant: str, user: str | None) -> dict[str, Any]:
        return end_sessions(tenant, self._stack.markers, now_ms(), user)


@dataclass
class ApiStack:
    """What a test of the API looks at, and two ways to call it."""

    connect: ConnectStack
    use: LocalUseCases

    def backend(
        self, method: str, path: str, body: Any = None, *, tenant: str | None = "acme", **query: str
    ) -> tuple[int, Any]:
        """Call as a backend; return status and JSON."""
        return self._answered(backend_event(method, tenant, path, body, query=query))

    def answer(self, method: str, path: str, *, tenant: str | None = "acme", **query: str) -> dict[str, Any]:
        """Call as a backend; return the proxy answer as it is."""
        return respond(backend_event(method, tenant, path, query=query), ROUTES, self.use, _raise)

    def browser(self, method: str, path: str, body: Any = None, *, token: str, **query: str) -> tuple[int, Any]:
        """Call as a browser with a session token that stands alone, through the rule that the authorizer applies."""
        session = session_of(f"Bearer {token}", self.connect.markers, now_ms())
        if session is None:
            return 403, {"Message": "Forbidden"}
        event = browser_event(
            method, path, body, tenant=session.tenant, role=session.role, user=session.user, query=query
        )
        return self._answered(event)

    def _answered(self, event: dict[str, Any]) -> tuple[int, Any]:
        answer = respond(event, ROUTES, self.use, _raise)
        return answer["statusCode"], json.loads(answer["body"]) if answer["body"] else None

    def walk(self, tenant: str = "acme") -> None:
        """Connect a tenant by walking the pages as its admin."""
        request = {"user": "ada", "role": "manager", "salesforce_url": self.connect.org_url}
        _, link = self.backend("POST", "connect-links", request, tenant=tenant)
        visitor = Visitor()
        page = visitor.press(visitor.open(link["url"]), "Continue")
        if "Log in" in page.words:
            page = visitor.press(page, "Log In", **LOGIN)
        if "Allow access?" in page.words:
            visitor.press(page, "Allow")


def _parked_store() -> tuple[Any, str, Any, str]:
    client, objects = a_parked_table()
    return client, PARKED_TABLE, objects, PARKED_BUCKET


def _raise(request_id: str, error: Exception) -> None:
    raise error


@contextmanager
def an_api_stack() -> Iterator[ApiStack]:
    """Return the API over a fresh stack with nobody connected."""
    with a_connect_stack() as stack, requests.Session() as http:
        http.trust_env = False
        yield ApiStack(stack, LocalUseCases(stack, http))
