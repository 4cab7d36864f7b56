"""Dispatches the actions of the token broker; answers are metadata, never tokens or secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.attempts import begin, end_attempt
from causeway.connections.tokens.code_exchange import connect_with_client_credentials, exchange_code
from causeway.connections.tokens.deauthorizing import deauthorize
from causeway.connections.tokens.keep_alive import deauthorize_all, refresh_due
from causeway.connections.tokens.new_grants import Login
from causeway.connections.tokens.own_app import keep_own_app
from causeway.connections.tokens.ports import TokenPorts
from causeway.connections.tokens.refresh import Seen, refresh
from causeway.contract.names import TENANT
from causeway.errors import CausewayError, InvalidRequest


class BrokerRequest(BaseModel):
    """One invocation of the broker; each action reads the fields that it needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: str
    tenant: str = Field(default="", pattern=rf"{TENANT}|^$")
    reason: str = ""
    epoch_seen: int = 0
    token_version_seen: int = 0
    code: str = Field(default="", repr=False)
    verifier: str = Field(default="", repr=False)
    redirect_uri: str = ""
    login_origin: str = ""
    app: str = "deployment"
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    environment: str = "production"
    name: str = ""
    confirmed_org: str = ""


def answered(event: Mapping[str, Any], ports: TokenPorts) -> Mapping[str, Any]:
    """Run the action of an event and return its result; an error that a person can solve is an answer (`failed`), not a crash."""
    try:
        request = BrokerRequest.model_validate(event)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        raise InvalidRequest(f"The token broker was asked for something it does not know ({fields}).") from None
    try:
        return _done(request, ports)
    except CausewayError as error:
        return {"result": "failed", "code": error.code, "message": error.message, "remedy": error.remedy}


def _done(request: BrokerRequest, ports: TokenPorts) -> Mapping[str, Any]:
    match request.action:
        case "refresh":
            return {"result": refresh(request.tenant, Seen(request.epoch_seen, request.token_version_seen), ports)}
        case "refresh_due":
            return refresh_due(ports)
        case "begin":
            return begin(request.tenant, ports)
        case "denied":
            return end_attempt(request.tenant, "connect_denied", ports)
        case "exchange":
            login = _login(request, "web", request.app)
            answer = exchange_code(
                login, request.code, request.verifier, request.redirect_uri, request.client_id, ports
            )
            if answer["result"] != "connected":
                end_attempt(request.tenant, "connect_denied", ports)
            return answer
        case "client_credentials":
            return connect_with_client_credentials(_login(request, "client_credentials", "tenant"), ports)
        case "keep_app":
            return keep_own_app(request.tenant, AppCredentials(request.client_id, request.client_secret), ports)
        case "deauthorize":
            return deauthorize(request.tenant, ports)
        case "deauthorize_all":
            return deauthorize_all(ports)
    raise InvalidRequest(f"The token broker knows no action {request.action!r}.")


def _login(request: BrokerRequest, flow: str, app: str) -> Login:
    return Login(
        tenant=request.tenant,
        login_origin=request.login_origin,
        app=app,
        flow=flow,
        environment=request.environment,
        name=request.name,
        confirmed_org=request.confirmed_org,
    )
