"""Let a browser with a valid session reach the console's API, as its own tenant and role. Trigger: API Gateway authorizer (REQUEST)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from causeway.connections.access.sessions import session_of
from causeway.observability import logger
from causeway.wiring.clients import now_ms
from causeway.wiring.tables import marker_table

loaded()


@logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer a policy for exactly the method that was called; tenant, user and role come from the stored session alone."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    session = session_of(headers.get("authorization") or "", marker_table(), now_ms(), headers)
    if session is None:
        return _policy("nobody", "Deny", event["methodArn"], {})
    who = {"tenant": session.tenant, "user": session.user, "role": session.role.value}
    who |= {"origin": session.origin, "source": session.source, "acts_for": session.acts_for}
    return _policy(session.user, "Allow", event["methodArn"], who)


def _policy(principal: str, effect: str, method: str, who: dict[str, str]) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": method}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": principal, "policyDocument": document, "context": who}
