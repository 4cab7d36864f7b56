"""What a case needs of the product and of the org behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Place(Protocol):
    """One running product with one simulated org behind it."""

    def fresh(self, tenant: str, deployment: Mapping[str, str]) -> None:
        """Reset the org, empty the outbound queue, forget what the last case left; set these settings of the deployment."""

    def leave(self, tenant: str) -> None:
        """End what a case leaves behind, so that it never meets the next one's org: messages on the way, and the connection."""

    def connect(self, tenant: str) -> None:
        """Connect the tenant to the org."""

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Call the simulated org's control API."""

    def api(self, method: str, path: str, body: Any = None, query: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Call the HTTP API as a backend; return status and JSON."""

    def send(self, tenant: str, body: str) -> None:
        """Put one message on the push queue."""

    def work(self) -> None:
        """Let the product do what it has to do now."""

    def replay(self) -> None:
        """Let the product look at what waits."""

    def outbound(self) -> list[dict[str, Any]]:
        """Take what lies on the outbound queue."""

    def refresh(self, tenant: str) -> Mapping[str, Any]:
        """Have the token broker refresh the tenant's access token now; return what it says."""

    @property
    def org_url(self) -> str:
        """The org's address."""

    @property
    def patience_s(self) -> float:
        """How long an expectation may take to come true."""
