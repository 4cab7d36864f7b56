"""Clients, settings, time and randomness, built once per execution environment."""

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


@cache
def settings() -> Settings:
    """Return the deployment's settings."""
    return read_settings(os.environ)


def now_ms() -> int:
    """Return the present as epoch milliseconds."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def _config(**options: Any) -> Config:
    from botocore.config import Config

    return Config(connect_timeout=3, tcp_keepalive=True, **options)


@cache
def aws(service: str) -> Any:
    """Return the one client of an AWS service: few retries, short timeouts, enough connections for parallel claims."""
    import boto3

    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable; each gateway declares the client type it takes
        config=_config(read_timeout=10, max_pool_connections=32, retries={"mode": "standard", "total_max_attempts": 4}),
    )


@cache
def quick_aws(service: str) -> Any:
    """Return a client that gives up within 15 seconds, for stores that another can stand in for while a received token waits."""
    import boto3

    return boto3.client(
        service,  # type: ignore[call-overload]  # the name is a variable; each gateway declares the client type it takes
        config=_config(read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2}),
    )


@cache
def broker_client() -> Any:
    """Return a Lambda client that never calls the token broker twice for one request (its answer may take a whole token call)."""
    import boto3

    return boto3.client(
        "lambda", config=_config(read_timeout=65, retries={"mode": "standard", "total_max_attempts": 1})
    )


@cache
def http_session() -> Session:
    """Return the HTTP session for Salesforce: no redirects are followed by callers, no retry below the gateway."""
    import requests

    session = requests.Session()
    session.trust_env = False
    return session
