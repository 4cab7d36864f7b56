"""
Refreshes access tokens: one caller at a time per connection, and the new refresh token is saved before the access token is used.

Salesforce replaces the refresh token at each use, and ends the whole grant when an old one is used again. So a refresh runs
under a lease that outlives every token call and reads the record again under it. A lost answer is dangerous: when the lease
has run out one more try is allowed (it can only end a grant that was lost already), then a person must reconnect.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from causeway.connections.connection import Status
from causeway.connections.events import publish_status
from causeway.connections.oauth.flow import (
    AppCredentials,
    TokenAnswerLost,
    TokenEndpointUnavailable,
    TokenRefused,
    is_for_org,
)
from causeway.connections.oauth.hosts import UntrustedAddress, trusted_origin
from causeway.connections.oauth.refusals import quoted, refusal_of
from causeway.connections.tokens.grants import ConnectionRecord
from causeway.connections.tokens.own_app import app_of
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.revoking import revoke_token
from causeway.connections.tokens.saving import StaleSecret, kept_refresh_token, present_refresh_token, sealed_or_empty
from causeway.connections.tokens.usernames import save_username
from causeway.connections.transitions import (
    LOST_ANSWERS_LIMIT,
    SECRET_LAG_MS,
    leased,
    may_recover,
    next_check_ms,
    with_status,
)
from causeway.errors import RetryableError
from causeway.salesforce.answers.meanings import Meaning
from causeway.salesforce.answers.oauth_rules import meaning_of
from causeway.salesforce.answers.reading import UNKNOWN_TRIES

TOKEN_CALL_MS: Final = 30_000  # the longest that one token request takes: none is started that cannot finish
_PROCESSING_PAUSE_S: Final = 2.0
_PROCESSING_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Seen:
    """What the caller has: anything newer in the table means that its request is already done."""

    epoch: int
    token_version: int


def refresh(tenant: str, seen: Seen, ports: TokenPorts) -> str:
    """
    Make the tenant's access newer than what the caller has seen, and return the result.

    `refreshed`: a new token is stored. `newer`: another caller stored one. `busy`: another caller is refreshing, read again.
    `unknown`: the answer was lost. `later`: Salesforce is not available. `lost`: a person must reconnect. `ended`: no grant.
    """
    record = ports.connections.record(tenant)
    verdict = _already(record, seen, ports)
    if verdict:
        return verdict
    lease = _lease(record, ports)
    if lease is None:
        return "busy"
    verdict = _already(lease, seen, ports)
    if verdict:  # the previous holder saved it between our two reads
        _release_lease(lease, ports, unsure=0)
        return verdict
    return _refresh_under(lease, ports)


def _already(record: ConnectionRecord, seen: Seen, ports: TokenPorts) -> str:
    connection = record.connection
    if connection.status is not Status.CONNECTED and not may_recover(record, ports.now_ms()):
        return "ended"
    newer = (connection.epoch, connection.token_version) > (seen.epoch, seen.token_version)
    return "newer" if newer and record.sealed_token else ""


def _lease(record: ConnectionRecord, ports: TokenPorts) -> ConnectionRecord | None:
    """Return the record, read again under our lease, or None while another caller has the lease."""
    if record.lease_until_ms > ports.now_ms():
        return None
    with_lease = leased(record, ports.new_id(), ports.now_ms())
    if not ports.connections.save(record, with_lease):
        return None
    again = ports.connections.record(record.tenant)
    return again if again.lease_owner == with_lease.lease_owner else None


def _refresh_under(lease: ConnectionRecord, ports: TokenPorts) -> str:
    try:
        app = app_of(lease, lease.connection.app, ports)
        token, lease = present_refresh_token(lease, ports)
    except RetryableError as error:
        if isinstance(error, StaleSecret) and ports.now_ms() - lease.refreshed_at_ms > SECRET_LAG_MS:
            return _lost(replace(lease, unsure=lease.unsure - 1), "secret_missing", ports)
        _release_lease(lease, ports, unsure=lease.unsure - 1, failures=lease.failures + 1)
        return "later"
    before = lease.unsure - 1
    try:
        answer = _asked(lease, app, token, ports)
    except TokenAnswerLost:
        return _answer_lost(lease, ports)
    except TokenEndpointUnavailable:
        _release_lease(lease, ports, unsure=before, failures=lease.failures + 1)
        return "later"
    except TokenRefused as refused:
        return _refused(lease, refused, before, ports)
    return _saved(lease, answer, ports)


def _asked(lease: ConnectionRecord, app: AppCredentials, token: str, ports: TokenPorts) -> Mapping[str, Any]:
    """Send the request to the connection's own host; while Salesforce processes an earlier one of ours, wait and send it again."""
    origin = trusted_origin(lease.connection.instance_url, ports.loopback, ports.clouds)
    if lease.connection.flow == "client_credentials":
        return ports.endpoint.client_credentials(origin, app)
    for tries_left in reversed(range(_PROCESSING_TRIES)):
        if ports.now_ms() + TOKEN_CALL_MS > ports.deadline_ms:
            raise TokenEndpointUnavailable("There is no time left for a token request.", "It is tried again by itself.")
        try:
            return ports.endpoint.refresh(origin, app, token)
        except TokenRefused as refused:
            if refused.reason != "being_processed" or not tries_left:
                raise
        ports.sleep(_PROCESSING_PAUSE_S)
    raise AssertionError("the last try returns or raises")


def _saved(lease: ConnectionRecord, answer: Mapping[str, Any], ports: TokenPorts) -> str:
    """Save the refresh token, then the access token and the pointer to both, only while we have the lease."""
    rotated = str(answer.get("refresh_token") or "")
    record = kept_refresh_token(lease, rotated, ports) if rotated else lease
    connection = record.connection
    problem = _problem(answer, connection.org_id, ports)
    fresh = replace(
        record,
        connection=replace(
            connection,
            token_version=connection.token_version + 1,
            instance_url=connection.instance_url if problem else str(answer["instance_url"]).rstrip("/"),
        ),
        sealed_token=b"" if problem else sealed_or_empty(lease.tenant, str(answer["access_token"]), ports),
        refreshed_at_ms=ports.now_ms(),
        lease_until_ms=0,
        unsure=0,
        unknown=0,
        failures=lease.failures + 1 if problem else 0,
    )
    if connection.status is not Status.CONNECTED:
        fresh = with_status(fresh, Status.CONNECTED, "", ports.now_ms())
    else:
        fresh = replace(fresh, due_at_ms=next_check_ms(fresh, ports.now_ms(), ports.jitter()))
    if not ports.connections.save(lease, fresh):
        return _superseded(lease, rotated or str(answer["access_token"]), ports)
    save_username(publish_status(fresh, ports), str(answer["access_token"]), ports)
    return "refreshed" if fresh.sealed_token else "later"


def _problem(answer: Mapping[str, Any], org_id: str, ports: TokenPorts) -> bool:
    """Return whether an answer names another org or a foreign host: then its access token is not used."""
    try:
        trusted_origin(str(answer.get("instance_url") or ""), ports.loopback, ports.clouds)
    except UntrustedAddress:
        return True
    return not answer.get("access_token") or not is_for_org(answer, org_id)


def _superseded(lease: ConnectionRecord, token: str, ports: TokenPorts) -> str:
    """Revoke what Salesforce issued for a connection that was ended or replaced meanwhile."""
    now = ports.connections.record(lease.tenant)
    if now.connection.epoch == lease.connection.epoch:
        return "unknown"
    revoke_token(lease.connection.instance_url, token, ports)
    if now.grant != lease.grant:
        ports.secrets.forget(lease.tenant, lease.grant)
    return "ended"


def _answer_lost(lease: ConnectionRecord, ports: TokenPorts) -> str:
    """Keep the lease until it runs out; after the second lost answer in a row a person must reconnect."""
    if lease.connection.flow == "client_credentials":
        _release_lease(lease, ports, unsure=0, failures=lease.failures + 1)
    elif lease.unsure >= LOST_ANSWERS_LIMIT:
        return _lost(lease, "refresh_unanswered", ports)
    else:
        after = replace(lease, failures=lease.failures + 1)
        ports.connections.save(
            lease, replace(after, due_at_ms=max(lease.lease_until_ms, next_check_ms(after, ports.now_ms(), 0)))
        )
    return "unknown"


def _refused(lease: ConnectionRecord, refused: TokenRefused, before: int, ports: TokenPorts) -> str:
    """End the connection only for what proves that the grant is gone; let a person act, or try again, for anything else."""
    refusal = refusal_of(refused.reason, description=refused.description)
    match meaning_of(refused.reason):
        case Meaning.GONE:
            return _lost(lease, "refresh_response_lost" if before else refusal.cause, ports)
        case Meaning.PERSON:
            return _lost(lease, refusal.cause, ports, refusal.quote)
        case Meaning.OUTAGE:
            unknown = lease.unknown
        case _ if lease.unknown + 1 < UNKNOWN_TRIES:
            unknown = lease.unknown + 1
        case _:
            said = f"{refused.error}: {refused.description}" if refused.description else refused.error
            return _lost(lease, "not_permitted", ports, quoted(said))
    _release_lease(lease, ports, unsure=before, failures=lease.failures + 1, unknown=unknown)
    return "later"


def _lost(lease: ConnectionRecord, cause: str, ports: TokenPorts, said: str = "") -> str:
    """Require reconnection; a recovery that fails for the same cause changes no status."""
    unsure = lease.unsure if cause == "refresh_unanswered" else 0
    after = replace(lease, lease_until_ms=0, unsure=unsure, failures=lease.failures + 1)
    connection = lease.connection
    if (connection.status, connection.cause) == (Status.RECONNECTION_REQUIRED, cause):
        after = replace(after, due_at_ms=next_check_ms(after, ports.now_ms(), ports.jitter()))
    else:
        after = with_status(replace(after, failures=0), Status.RECONNECTION_REQUIRED, cause, ports.now_ms(), said=said)
    if not ports.connections.save(lease, after):
        return "newer"  # another caller ended or replaced the connection meanwhile
    publish_status(after, ports)
    return "lost"


def _release_lease(
    lease: ConnectionRecord, ports: TokenPorts, *, unsure: int, failures: int | None = None, unknown: int | None = None
) -> None:
    """Release the lease early: no token was used under it. A count of failures sets the next check."""
    after = replace(lease, lease_until_ms=0, unsure=unsure, unknown=lease.unknown if unknown is None else unknown)
    if failures is not None:
        after = replace(after, failures=failures)
        after = replace(after, due_at_ms=next_check_ms(after, ports.now_ms(), ports.jitter()))
    ports.connections.save(lease, after)
