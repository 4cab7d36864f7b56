"""Builds clients and settings once per execution environment, and returns time and random values."""

from __future__ import annotations

import os
import secrets
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from causeway.settings import Settings, read_settings

if TYPE_CHECKING:
    from botocore.config import Config
    from requests import Session


THREADS = 32  # how many threads of one invocation call AWS or Salesforce side by side
ORGS_KEPT = 50  # orgs to which connections are kept between invocations


@cache
def settings() -> Settings:
    """Return the deployment's settings."""
    return read_settings(os.environ)


def now_ms() -> int:
    """Return the current time in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def new_secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def jitter() -> float:
    """Return a random share from 0 to 1 that spreads scheduled checks."""
    return secrets.randbelow(1_000) / 1_000


def _config(**options: Any) -> Config:
    from botocore.config import Config

    return Config(connect_timeout=3, tcp_keepalive=True, **options)


@cache
def aws(service: str) -> Any:
    """Return the client of an AWS service: few retries, short timeouts, enough connections for parallel claims."""
    import boto3

    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable; each gateway declares the client type it takes
        config=_config(
            read_timeout=10, max_pool_connections=THREADS, retries={"mode": "standard", "total_max_attempts": 4}
        ),
    )


@cache
def quick_aws(service: str) -> Any:
    """Return a client that gives up within 15 seconds: for a token that can still be saved elsewhere, and for mail that is sent again."""
    import boto3

    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable; each gateway declares the client type it takes
        config=_config(read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2}),
    )


@cache
def broker_client() -> Any:
    """Return a Lambda client that never retries a call of the token broker and waits as long as a token call may take."""
    import boto3

    return boto3.client(
        "lambda", config=_config(read_timeout=65, retries={"mode": "standard", "total_max_attempts": 1})
    )


@cache
def http_session() -> Session:
    """
    Return the HTTP session for Salesforce.

    It serves all tenants, so it neither keeps nor sends cookies. It ignores the environment's proxies, never retries by
    itself, and keeps a connection for each thread that calls one org. It trusts the authorities of certifi, or those of the file
    that REQUESTS_CA_BUNDLE names, as requests does by itself where the environment is not ignored.
    """
    from http.cookiejar import DefaultCookiePolicy

    from requests.adapters import HTTPAdapter

    from causeway.gateways.salesforce.direct_session import DirectSession

    session = DirectSession()
    session.trust_env = False
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    session.mount("https://", HTTPAdapter(pool_connections=ORGS_KEPT, pool_maxsize=THREADS))
    session.mount("http://", HTTPAdapter(pool_connections=ORGS_KEPT, pool_maxsize=THREADS))
    return session
