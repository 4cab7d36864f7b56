"""What the API says: that it is up, its version, connections that need a person, and messages nobody can read."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from causeway_client.api import CausewayApi
from causeway_client.cli.commands.connecting import all_connections
from causeway_client.cli.doctor.findings import Finding
from causeway_client.errors import ApiError

API_VERSION = "1"  # the version of the OpenAPI document that this package was generated from


def check_api(api: CausewayApi) -> Iterator[Finding]:
    """Yield a problem when the API does not answer or speaks another version."""
    try:
        api.read_health()
    except ApiError as error:
        yield Finding("api", "problem", f"The API does not answer: {error.message}", "Look at the log of ApiFunction.")
        return
    spoken = api.read_openapi()["info"]["version"]
    if spoken != API_VERSION:
        message = f"The API speaks version {spoken}, this command version {API_VERSION}."
        yield Finding("api", "problem", message, "Install the causeway-client that belongs to the deployment.")
    else:
        yield Finding(
            "api", "ok", f"The API answers; it speaks version {spoken}. This is causeway-client {own_version()}."
        )


def check_connections(api: CausewayApi) -> Iterator[Finding]:
    """Yield a problem for each connection that needs a person, with what waits for it."""
    lines = list(all_connections(api))
    broken = [line for line in lines if line.status == "reconnection_required"]
    for line in broken:
        connection = api.read_connection(line.tenant)
        waiting = f" {connection.waiting:,} changes wait." if connection.waiting else ""
        message = f"{line.tenant} must be connected again since {line.since} ({line.cause}).{waiting}"
        yield Finding(
            "connections", "problem", f"{message} {connection.message or ''}".strip(), connection.remedy or ""
        )
    if not broken:
        connected = sum(line.status == "connected" for line in lines)
        yield Finding("connections", "ok", f"{connected} of {len(lines)} tenants are connected; none needs a person.")


def check_quotas(api: CausewayApi) -> Iterator[Finding]:
    """Yield a warning for each org whose API calls are nearly used up."""
    near = [line for line in all_connections(api) if line.usage and line.usage.used >= 0.8 * line.usage.allowed > 0]
    for line in near:
        assert line.usage is not None
        message = f"{line.tenant} has used {line.usage.used:,} of {line.usage.allowed:,} API calls of the day."
        yield Finding("quotas", "warning", message, "Raise QuotaSharePercent or ask Salesforce for more calls.")
    if not near:
        yield Finding("quotas", "ok", "No org is near the end of its API calls.")


def check_unreadable(api: CausewayApi) -> Iterator[Finding]:
    """Yield a warning when messages are parked that named no tenant."""
    page = api.list_unreadable(limit=1)
    if page.parked:
        first = page.parked[0]
        message = f"Messages are parked that named no tenant, such as one of {first.parked_at}: {first.reason}"
        yield Finding("messages", "warning", message, "See: causeway parked list --unreadable")
    else:
        yield Finding("messages", "ok", "Every message could be read.")


def own_version() -> str:
    """Return the version of this package, or that it runs from a checkout."""
    try:
        return version("causeway-client")
    except PackageNotFoundError:
        return "from a checkout"
