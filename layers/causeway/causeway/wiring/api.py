"""Builds the use cases of the API, each when a request first needs it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from causeway.settings import Settings
from causeway.wiring.clients import aws, new_id, new_secret, now_ms, settings

if TYPE_CHECKING:
    from causeway.connections.access.links import ConnectLinkRequest
    from causeway.connections.access.sessions import SessionRequest
    from causeway.connections.connection import Connection, Policy
    from causeway.connections.management import ConnectionSettings
    from causeway.connections.usage import UsageReport
    from causeway.gateways.dynamodb.config.connections import ConnectionTable
    from causeway.gateways.dynamodb.config.fields import FieldTable
    from causeway.gateways.dynamodb.config.runs import RunTable
    from causeway.gateways.dynamodb.parked.store import ParkedTable
    from causeway.lookups.items import Request as LookupRequest
    from causeway.pull.run_now import RunsNow
    from causeway.records.remembered import RememberedRecord
    from causeway.records.search import Found
    from causeway.relay.setup import RelaySetup
    from causeway.subscriptions.management import Subscriptions
    from causeway.syncs.discovery.describes import Discovery
    from causeway.syncs.management import Syncs
    from causeway.syncs.sync import Sync


class UseCases:
    """What the API's handlers call. Tests set the properties that they need, as attributes."""

    @cached_property
    def settings(self) -> Settings:
        """Return the deployment's settings."""
        return settings()

    @cached_property
    def syncs(self) -> Syncs:
        """Return the syncs of every tenant."""
        from causeway.wiring.discovery import syncs

        return syncs()

    @cached_property
    def discovery(self) -> Discovery:
        """Return the describes of every tenant's org."""
        from causeway.wiring.discovery import discovery

        return discovery()

    @cached_property
    def product_fields(self) -> FieldTable:
        """Return the product's field lists."""
        from causeway.wiring.tables import field_table

        return field_table()

    @cached_property
    def connections(self) -> ConnectionTable:
        """Return the connections of every tenant."""
        from causeway.wiring.tables import connection_table

        return connection_table()

    @cached_property
    def connection(self) -> ConnectionSettings:
        """Return the use cases of one tenant's connection."""
        from causeway.wiring.connect import connection_settings

        return connection_settings()

    @cached_property
    def parked(self) -> ParkedTable:
        """Return the parked store."""
        from causeway.wiring.tables import parked_table

        return parked_table()

    @cached_property
    def runs(self) -> RunTable:
        """Return the history."""
        from causeway.wiring.tables import run_table

        return run_table()

    def dry_run(self, tenant: str, sync: Sync, change: Mapping[str, Any]) -> dict[str, Any]:
        """Return what pushing a change would do."""
        from causeway.push.dry_run import dry_run
        from causeway.wiring.push import dry_run_ports

        return dry_run(tenant, sync, change, dry_run_ports())

    @cached_property
    def subscriptions(self) -> Subscriptions:
        """Return the subscriptions of every tenant and of the deployment."""
        from causeway.subscriptions.management import Subscriptions
        from causeway.wiring.subscriptions import subscription_ports

        return Subscriptions(subscription_ports())

    @cached_property
    def relay(self) -> RelaySetup:
        """Return what sets up the event relays of tenants' orgs."""
        from causeway.relay.setup import RelaySetup
        from causeway.wiring.pull import relay_setup_ports

        return RelaySetup(relay_setup_ports())

    def look_up(self, tenant: str, request: LookupRequest) -> dict[str, Any]:
        """Return what the org knows of people, companies and records."""
        from causeway.lookups.lookup import look_up
        from causeway.wiring.discovery import lookup_ports

        return look_up(tenant, request, lookup_ports())

    def record(self, tenant: str, source: str, key: str) -> RememberedRecord:
        """Return what is remembered of one record."""
        from causeway.gateways.dynamodb.state.claims import ClaimTable
        from causeway.records.remembered import remembered_record
        from causeway.wiring.tables import sync_table

        memory = ClaimTable(aws("dynamodb"), self.settings.state_table, owner="", now_ms=now_ms, lease_ms=0)
        return remembered_record(tenant, source, key, self.connections, sync_table(), memory)

    def search_records(self, tenant: str, text: str, source: str | None) -> list[Found]:
        """Return the records of the product that a key, an address or a Salesforce Id names."""
        from causeway.gateways.dynamodb.state.claims import ClaimTable
        from causeway.records.search import search_records
        from causeway.wiring.tables import sync_table

        memory = ClaimTable(aws("dynamodb"), self.settings.state_table, owner="", now_ms=now_ms, lease_ms=0)
        return search_records(text, self.connections.get(tenant), sync_table().list(tenant), memory, source)

    def test_connection(self, tenant: str) -> dict[str, Any]:
        """Test a tenant's connection."""
        from causeway.wiring.connection_test import connection_report

        return connection_report(tenant)

    @cached_property
    def runs_now(self) -> RunsNow:
        """Return what starts and cancels runs on a person's request."""
        from causeway.pull.run_now import RunsNow
        from causeway.wiring.messaging import publish_event, pull_queues
        from causeway.wiring.pull import pull_history
        from causeway.wiring.tables import checkpoint_table

        return RunsNow(
            self.connections, checkpoint_table(), self.runs, pull_history(), pull_queues(), publish_event, now_ms
        )

    def now_ms(self) -> int:
        """Return the time (epoch ms)."""
        return now_ms()

    def new_id(self) -> str:
        """Return a new random id."""
        return new_id()

    def page_key(self) -> bytes:
        """Return the key that signs `next` tokens."""
        from causeway.wiring.connect import link_key

        return link_key()

    def connect_link(self, tenant: str, request: ConnectLinkRequest) -> dict[str, Any]:
        """Return a new connect link."""
        from causeway.connections.oauth.connect import new_connect_link
        from causeway.wiring.connect import connect_ports

        return new_connect_link(tenant, request, connect_ports())

    def open_tenant(self, tenant: str, request: SessionRequest) -> dict[str, Any]:
        """Return a new session of an operator who opens a tenant, once that is published."""
        from causeway.wiring.messaging import publish_event

        publish_event("tenant.opened", {"tenant": tenant, "operator": request.user})
        return self.new_session(tenant, request, acts_for=request.user)

    def new_session(self, tenant: str, request: SessionRequest, acts_for: str = "") -> dict[str, Any]:
        """Return a new browser session; `acts_for` is the operator who opened the tenant."""
        from causeway.connections.access.sessions import new_session
        from causeway.wiring.connect import public_url
        from causeway.wiring.tables import marker_table

        return new_session(
            tenant,
            request,
            marker_table(),
            public_url=public_url(),
            now_ms=now_ms,
            new_secret=new_secret,
            embed_origins=self.settings.embed_origins,
            acts_for=acts_for,
        )

    def end_sessions(self, tenant: str, user: str | None) -> dict[str, Any]:
        """End the sessions of one user, or of everybody."""
        from causeway.connections.access.sessions import end_sessions
        from causeway.wiring.tables import marker_table

        return end_sessions(tenant, marker_table(), now_ms(), user)

    def usage_of(self, tenant: str) -> UsageReport:
        """Return how much of its quota a tenant's org has used."""
        from causeway.connections.usage import usage_of

        return usage_of(tenant, self.connections, self.settings.quota_share_percent)

    def pace_of(self, connection: Connection) -> tuple[int | None, str | None]:
        """Return for how long changes are gathered at present, in seconds and as a sentence; None before the first call."""
        from causeway.push.pacing.present import present_pace

        usage = connection.usage
        return present_pace(usage, self.share_percent(connection), now_ms()) if usage else (None, None)

    def share_percent(self, connection: Connection) -> int:
        """Return the part of its org's daily calls that Causeway may use up."""
        from causeway.connections.gates import share_percent

        return share_percent(connection, self.settings.quota_share_percent)

    def keep_policy(self, tenant: str, policy: Policy, before: Policy, operator: str) -> None:
        """Keep what an operator sets for a tenant, once that is published."""
        from causeway.wiring.messaging import publish_event

        publish_event("tenant.policy_changed", policy_event(tenant, policy, before, operator))
        self.connections.keep_policy(tenant, policy)


def policy_event(tenant: str, policy: Policy, before: Policy, operator: str) -> dict[str, Any]:
    """Return what is published when what a tenant may do changes; `operator` is null for a backend."""
    return {"tenant": tenant, "operator": operator or None, "before": before._asdict(), "after": policy._asdict()}
