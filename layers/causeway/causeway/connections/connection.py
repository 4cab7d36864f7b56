"""A tenant's connection to its org: its status, the identity of org and user, and the API usage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """The statuses of a connection: every change of status is an event and is kept in the history."""

    DISCONNECTED = "disconnected"
    PENDING = "pending"
    CONNECTED = "connected"
    RECONNECTION_REQUIRED = "reconnection_required"


class Usage(NamedTuple):
    """
    The org's daily API usage as read from `Sforce-Limit-Info`: calls used, calls allowed, when read (epoch ms).

    `changes_a_day` (that arrive apart) and `calls_a_day` (of all tools) say how fast these come at present; 0 when unknown.
    """

    used: int
    allowed: int
    read_at_ms: int
    changes_a_day: int = 0
    calls_a_day: int = 0

    @property
    def share(self) -> float:
        """Return used ÷ allowed, 0.0 when the allowance is unknown."""
        return self.used / self.allowed if self.allowed else 0.0


class Policy(NamedTuple):
    """
    What operators set for one tenant in place of what the deployment says; None leaves that as it is.

    `quota_share_percent` is the part of the org's daily calls that Causeway may use up, `templates` names the ready templates that
    the tenant's admins are offered.
    """

    quota_share_percent: int | None = None
    admins_may_set_pull_rules: bool | None = None
    templates: tuple[str, ...] | None = None


AS_DEPLOYED = Policy()


@dataclass(frozen=True, slots=True)
class Connection:
    """
    One tenant's connection as stored (without any secret).

    `epoch` grows by one with every change of status, grant or org, so that work started before the change can notice it;
    `token_version` grows with every new access token of the same grant. `said` are Salesforce's own words about the cause, cut.
    `record_sizes` says how many records of an sObject the org's automation bears at once, where that is fewer than Salesforce takes.
    Times are epoch milliseconds.
    """

    tenant: str
    status: Status = Status.DISCONNECTED
    cause: str = ""
    since_ms: int = 0
    epoch: int = 0
    token_version: int = 0
    org_id: str = ""
    user_id: str = ""
    username: str = ""
    instance_url: str = ""
    login_url: str = ""
    environment: str = "production"
    name: str = ""
    app: str = "deployment"
    flow: str = "web"
    api_version: str = "66.0"
    usage: Usage | None = None
    said: str = ""
    record_sizes: Mapping[str, int] = field(default_factory=dict, hash=False)
    policy: Policy = AS_DEPLOYED
