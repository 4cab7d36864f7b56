"""The test of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def connection_report(tenant: str) -> dict[str, Any]:
    """Return who is connected to what, and what the user lacks for the tenant's syncs."""
    from causeway.services.connection_test import connection_report as report
    from causeway.wiring.clients import now_ms
    from causeway.wiring.connect import connections
    from causeway.wiring.discovery import discovery, org_of, sync_table

    return report(tenant, connections(), org_of, discovery(), sync_table().list(tenant), now_ms)


def findings(tenant: str) -> Sequence[Mapping[str, Any]]:
    """Return what a newly connected user lacks; notes are for whoever asks for the whole report."""
    return [each for each in connection_report(tenant)["findings"] if each["level"] != "note"]
