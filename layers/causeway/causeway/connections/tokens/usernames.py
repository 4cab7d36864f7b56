"""Reads the name of the connected user, which is only shown: whatever answers, a grant stays what it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from causeway.connections.oauth.flow import TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.connections.oauth.hosts import UntrustedAddress, trusted_origin
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.ports import TokenPorts

_ASKING_MS: Final = 30_000  # the longest that one request takes, with a reserve


def username_of(identity_url: str, instance_url: str, access_token: str, ports: TokenPorts) -> str:
    """
    Return the user's name by the identity URL, or "" when nobody says it.

    A login host may redirect to the org's own host, or refuse: the org's own host is asked then.
    """
    own = f"{instance_url}{urlsplit(identity_url).path}"
    for url in dict.fromkeys((identity_url, own)):
        try:
            trusted_origin(url, ports.loopback, ports.clouds)
            username = str(ports.endpoint.identity(url, access_token).get("username") or "")
        except (TokenRefused, TokenAnswerLost, TokenEndpointUnavailable, UntrustedAddress):
            continue
        if username:
            return username
    return ""


def save_username(record: ConnectionRecord, access_token: str, ports: TokenPorts) -> None:
    """Save the user's name where it could not be read when the org was connected, while there is time to ask for it."""
    connection = record.connection
    if connection.username or not connection.user_id or ports.now_ms() + _ASKING_MS > ports.deadline_ms:
        return
    url = f"{connection.instance_url}/id/{connection.org_id}/{connection.user_id}"
    username = username_of(url, connection.instance_url, access_token, ports)
    if username:
        ports.connections.save(record, replace(record, connection=replace(connection, username=username)))
