"""Builds the test of a connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from causeway.observability import frames_of, logger
from causeway.wiring.clients import now_ms
from causeway.wiring.discovery import discovery
from causeway.wiring.orgs import answering_org_of
from causeway.wiring.tables import connection_table, sync_table

CALLBACK_PATIENCE_S = 8  # the callback must have answered within API Gateway's 29 s, the exchange included


def connection_report(tenant: str, patience_s: float = 20) -> dict[str, Any]:
    """Return who is connected to what, and what the user lacks for the tenant's syncs."""
    from causeway.connections.connection_test import connection_report as report

    return report(
        tenant, connection_table(), answering_org_of, discovery(), sync_table().list(tenant), now_ms, patience_s
    )


def findings(tenant: str) -> Sequence[Mapping[str, Any]]:
    """
    Return what a newly connected user lacks, without the notes.

    The connection exists by then, so a check that fails must not look as if connecting had failed.
    """
    try:
        return [each for each in connection_report(tenant, CALLBACK_PATIENCE_S)["findings"] if each["level"] != "note"]
    except Exception as error:  # noqa: BLE001  # the connection exists: whatever it is, it is logged
        logger.warning("permissions not checked", tenant=tenant, fault=type(error).__name__, frames=frames_of(error))
        return ()
