"""What a call to an org needs: its host and the token."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Access:
    """What one call to the org needs. The token never shows in a repr, log or error."""

    tenant: str
    org_id: str
    instance_url: str
    api_version: str
    epoch: int
    token_version: int
    access_token: str = field(repr=False)
