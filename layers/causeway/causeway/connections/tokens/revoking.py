"""Revokes old grants: at Salesforce first, then the secret here; the scheduled check repeats it until done."""

from __future__ import annotations

import json
from dataclasses import replace

from causeway.connections.oauth.flow import TokenAnswerLost, TokenEndpointUnavailable, TokenRefused
from causeway.connections.oauth.hosts import UntrustedAddress, trusted_origin
from causeway.connections.tokens.grants import ConnectionRecord, OldGrant
from causeway.connections.tokens.own_app import app_of
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.saving import StaleSecret
from causeway.connections.transitions import SECRET_LAG_MS, next_check_ms
from causeway.errors import ConfigurationError, NotFound, RetryableError


def revoke_old_grants(record: ConnectionRecord, ports: TokenPorts) -> ConnectionRecord:
    """Revoke and delete the record's old grants; those that Salesforce did not revoke stay listed and due."""
    if not record.old_grants:
        return record
    left = tuple(grant for grant in record.old_grants if not _revoked(record.tenant, grant, ports))
    after = replace(record, old_grants=left)
    after = replace(after, due_at_ms=next_check_ms(after, ports.now_ms(), ports.jitter()))
    ports.connections.save(record, after)
    return after


def revoke_token(origin: str, token: str, ports: TokenPorts) -> bool:
    """Revoke one token and return whether it is surely invalid; a token that Salesforce does not know counts as revoked."""
    try:
        ports.endpoint.revoke(trusted_origin(origin, ports.loopback, ports.clouds), token)
    except (TokenAnswerLost, TokenEndpointUnavailable):
        return False
    except (TokenRefused, UntrustedAddress):
        return True
    return True


def _revoked(tenant: str, grant: OldGrant, ports: TokenPorts) -> bool:
    try:
        tokens = _tokens(tenant, grant, ports)
        revoked = [revoke_token(grant.origin, token, ports) for token in tokens]
        if not all(revoked):
            return False
        if grant.leased_until_ms > ports.now_ms():
            return False  # a running refresh may still save the secret again: repeat when its lease is over
        if grant.unsure and not all(_ended_by_reuse(tenant, grant, token, ports) for token in tokens):
            return False
        if grant.grant:
            ports.secrets.forget(tenant, grant.grant)
    except RetryableError:
        return False
    return True


def _ended_by_reuse(tenant: str, grant: OldGrant, token: str, ports: TokenPorts) -> bool:
    """
    Use a token that may have been replaced by one that nobody has: Salesforce then ends the whole grant.

    A token that still worked was revoked just before; if it works all the same, what it returns is revoked.
    """
    try:
        app = app_of(ports.connections.record(tenant), grant.app, ports)
        answer = ports.endpoint.refresh(trusted_origin(grant.origin, ports.loopback, ports.clouds), app, token)
    except (TokenAnswerLost, TokenEndpointUnavailable):
        return False
    except (TokenRefused, UntrustedAddress, ConfigurationError):
        return True
    return revoke_token(grant.origin, str(answer.get("refresh_token") or token), ports)


def _tokens(tenant: str, grant: OldGrant, ports: TokenPorts) -> list[str]:
    """Return every token of the grant that may still be valid: the refresh token, its emergency copy, a lone access token."""
    tokens = []
    if grant.sealed_token:
        tokens.append(ports.encryption.opened(tenant, grant.sealed_token))
    if grant.sealed_refresh:
        copy = ports.encryption.opened(tenant, grant.sealed_refresh, "refresh-token")
        tokens.append(json.loads(copy)["refresh_token"])
    if grant.grant:
        tokens += _kept(tenant, grant, ports)
    return tokens


def _kept(tenant: str, grant: OldGrant, ports: TokenPorts) -> list[str]:
    """Return the token in Secrets Manager, none when it was deleted before; raise StaleSecret while its answer may be out of date."""
    try:
        kept = ports.secrets.refresh_token(tenant, grant.grant, None)
        if kept.rotation >= grant.rotation:
            return [kept.token]
    except NotFound:
        kept = None
    if ports.now_ms() - grant.listed_at_ms < SECRET_LAG_MS:
        raise StaleSecret("Secrets Manager may not know the grant's newest token yet.", "It is tried again by itself.")
    return [kept.token] if kept else []
