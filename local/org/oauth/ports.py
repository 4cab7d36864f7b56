"""What the login pages, the token endpoint and the identity resources need of the org."""

from __future__ import annotations

from typing import Protocol

from ..setup.clock import Clock
from ..setup.limits import Logins
from ..setup.settings import Settings
from .grants import Grants, Pending
from .sessions import Sessions
from .token_mint import TokenMint
from .users import Users


class OAuthOrg(Protocol):
    """The org as OAuth sees it."""

    @property
    def org_id(self) -> str:
        """Return the Id of the org, 18 characters."""

    @property
    def origin(self) -> str:
        """Return the address that the org is served at."""

    @property
    def clock(self) -> Clock:
        """Return the clock of the org."""

    @property
    def settings(self) -> Settings:
        """Return the settings of the org."""

    @property
    def users(self) -> Users:
        """Return the users of the org."""

    @property
    def sessions(self) -> Sessions:
        """Return the access tokens of the org."""

    @property
    def grants(self) -> Grants:
        """Return what users granted to apps."""

    @property
    def mint(self) -> TokenMint:
        """Return what makes tokens."""

    @property
    def logins(self) -> Logins:
        """Return the count of logins by user."""

    @property
    def pending(self) -> dict[str, Pending]:
        """Return the authorizations that are not finished, by Id."""

    @property
    def browsers(self) -> dict[str, str]:
        """Return the users that are logged in, by cookie."""

    def identity_url(self, user_id: str) -> str:
        """Return the identity URL of a user."""
