"""The use cases behind the API, each built when a request first needs it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from causeway.settings import Settings
from causeway.wiring.clients import aws, settings

if TYPE_CHECKING:
    from causeway.gateways.dynamodb.connections import ConnectionTable
    from causeway.gateways.dynamodb.fields import FieldTable
    from causeway.services.discovery import Discovery
    from causeway.services.syncs import Syncs
    from causeway.services.usage import UsageReport


class UseCases:
    """What the API's handlers call. Tests replace what they need: every property is set like an attribute."""

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
        from causeway.wiring.discovery import field_table

        return field_table()

    @cached_property
    def connections(self) -> ConnectionTable:
        """Return the connections of every tenant."""
        from causeway.gateways.dynamodb.connections import ConnectionTable

        return ConnectionTable(aws("dynamodb"), self.settings.config_table)

    def usage_of(self, tenant: str) -> UsageReport:
        """Return how much of its quota a tenant's org has used."""
        from causeway.services.usage import usage_of

        return usage_of(tenant, self.connections, self.settings.quota_share_percent)
