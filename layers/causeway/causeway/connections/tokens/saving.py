"""Saves refresh tokens so that none is lost, whichever store is down."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from causeway.connections.tokens.grants import ConnectionRecord, KeptToken
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.updates import Meanwhile
from causeway.errors import CausewayError, NotFound, RetryableError

_PAUSE_S: Final = 1.0
_AGAIN: Final = "It is tried again by itself."


class StaleSecret(RetryableError):
    """Secrets Manager did not know, or not yet, what was written there: it says nothing about the grant."""

    code = "stale_secret"


def present_refresh_token(lease: ConnectionRecord, ports: TokenPorts) -> tuple[str, ConnectionRecord]:
    """
    Return the refresh token to use, and the record that points to it; "" for a connection that has none.

    Secrets Manager is read by the version that the record names. After a lease that was never released its newest
    version is read instead: the previous holder may have saved a rotated token and crashed before it updated the record.
    Raises RetryableError while the store is not available, or does not know yet what was written.
    """
    if lease.connection.flow == "client_credentials":
        return "", lease
    emergency = _emergency(lease, ports)
    if emergency and emergency.rotation >= lease.refresh_version:
        return emergency.token, lease
    kept = _kept(lease, ports)
    if kept.rotation > lease.refresh_version:
        # The answer was saved, so it was not lost: its token is unused.
        found = replace(lease, refresh_version=kept.rotation, secret_version=kept.version, unsure=1)
        if not ports.connections.save(lease, found):
            raise Meanwhile("The connection changed while its token was looked up.", "It is tried again by itself.")
        lease = found
    return kept.token, lease


def _kept(lease: ConnectionRecord, ports: TokenPorts) -> KeptToken:
    """
    Return the token in Secrets Manager; raise StaleSecret for an answer that does not know what we wrote there.

    Every operation of Secrets Manager is eventually consistent. An older token, used again, would end the grant.
    """
    version = None if lease.unsure > 1 else lease.secret_version
    try:
        kept = ports.secrets.refresh_token(lease.tenant, lease.grant, version)
    except NotFound as error:
        raise StaleSecret("Secrets Manager does not know the connection's token yet.", _AGAIN) from error
    if kept.rotation < lease.refresh_version:
        raise StaleSecret("Secrets Manager gave an older token than the connection's.", _AGAIN)
    return kept


def kept_refresh_token(lease: ConnectionRecord, token: str, ports: TokenPorts) -> ConnectionRecord:
    """
    Save a rotated refresh token and return the record that points to it.

    When Secrets Manager is down, an encrypted copy goes into the record itself. When both are down, they are tried until
    the deadline; the token is then lost only with the execution environment.
    """
    rotation = lease.refresh_version + 1
    while True:
        try:
            version = ports.secrets.keep_refresh_token(lease.tenant, lease.grant, token, rotation)
        except RetryableError:
            pass
        else:
            return replace(lease, secret_version=version, refresh_version=rotation, sealed_refresh=b"")
        try:
            copy = json.dumps({"refresh_token": token, "rotation": rotation})
            sealed = ports.encryption.sealed(lease.tenant, copy, "refresh-token")
        except CausewayError:
            if ports.now_ms() >= ports.deadline_ms:
                raise
        else:
            return replace(lease, refresh_version=rotation, sealed_refresh=sealed)
        ports.sleep(_PAUSE_S)


def sealed_or_empty(tenant: str, token: str, ports: TokenPorts) -> bytes:
    """Return the encrypted access token, or nothing when encryption fails: the next caller then refreshes again."""
    try:
        return ports.encryption.sealed(tenant, token)
    except CausewayError:
        return b""


def _emergency(lease: ConnectionRecord, ports: TokenPorts) -> KeptToken | None:
    if not lease.sealed_refresh:
        return None
    copy = json.loads(ports.encryption.opened(lease.tenant, lease.sealed_refresh, "refresh-token"))
    return KeptToken(copy["refresh_token"], copy["rotation"], "")
