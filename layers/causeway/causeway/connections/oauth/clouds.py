"""Salesforce's clouds: each has hosts of its own, and a deployment serves those that its parameter SalesforceClouds lists. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

# My Domain login URL formats, enhanced domains (Salesforce Help, "My Domain URL Formats").
PARTITION: Final = r"(?:\.(?:sandbox|develop|scratch|trailblaze|demo|patch|stage|pc|free))*"
LABEL: Final = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


class Cloud(NamedTuple):
    """
    One cloud: My Domains are below `my.` + `base`, the login hosts are `login.` and `test.` + `base`.

    `lightning` are the domains of the user interface, `setup` that of the Setup pages, `pages` those of sites and other pages.
    """

    name: str
    title: str
    base: str
    lightning: tuple[str, ...]
    pages: tuple[str, ...]
    setup: str = ""

    @property
    def production_login(self) -> str:
        """Return the origin at which users of production orgs sign in."""
        return f"https://login.{self.base}"

    @property
    def sandbox_login(self) -> str:
        """Return the origin at which users of sandboxes sign in."""
        return f"https://test.{self.base}"

    @property
    def login_hosts(self) -> tuple[str, str]:
        """Return both login hosts."""
        return f"login.{self.base}", f"test.{self.base}"

    def is_my_domain(self, host: str) -> bool:
        """Return whether a host is the My Domain of an org of this cloud."""
        return re.fullmatch(rf"{LABEL}{PARTITION}\.my\.{re.escape(self.base)}", host) is not None

    def has(self, host: str) -> bool:
        """Return whether a host belongs to this cloud, be it an org's or any other."""
        own = (self.base, *self.lightning, *self.pages, *((self.setup,) if self.setup else ()))
        return any(host == domain or host.endswith(f".{domain}") for domain in own)


STANDARD: Final = Cloud(
    "standard",
    "Salesforce's standard cloud",
    "salesforce.com",
    ("lightning.force.com",),
    ("force.com", "site.com", "salesforce-sites.com"),
    "salesforce-setup.com",
)
GOVERNMENT: Final = Cloud(
    "government",
    "Salesforce's Government Cloud",
    "salesforce.mil",
    ("lightning.crmforce.mil", "lightning.force.mil"),
    ("crmforce.mil", "force.mil", "cloudforce.mil", "visualforce.mil"),
    "salesforce-setup.mil",
)
CHINA: Final = Cloud(
    "china",
    "Salesforce on Alibaba Cloud in China",
    "sfcrmproducts.cn",
    ("lightning.sfcrmapps.cn", "lightning.sfcrmproducts.cn"),
    ("sfcrmapps.cn",),
)
CLOUDS: Final = {cloud.name: cloud for cloud in (STANDARD, GOVERNMENT, CHINA)}
DEFAULT: Final = (STANDARD.name,)


def served(names: Iterable[str]) -> list[Cloud]:
    """Return the clouds of these names; a name that is none is left out."""
    return [CLOUDS[name] for name in names if name in CLOUDS]


def cloud_of(host: str) -> Cloud | None:
    """Return the cloud that a host belongs to, served or not; None when it is not Salesforce's."""
    return next((cloud for cloud in CLOUDS.values() if cloud.has(host)), None)
