"""App credentials and refresh tokens in Secrets Manager; only the token broker's role may read them."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from causeway.connections.oauth.flow import AppCredentials
from causeway.connections.tokens.grants import KeptToken
from causeway.errors import BrokenDeployment, NotFound, RetryableError

_VERSIONS: Final = uuid.UUID("6f1f6a53-5a83-4f86-9a6e-3f0f5c0f3c52")
_NOT_THERE: Final = {"ResourceNotFoundException", "InvalidRequestException"}  # the second: marked for deletion
_THERE: Final = "ResourceExistsException"


class SecretsUnavailable(RetryableError):
    """Secrets Manager did not answer, or refused."""

    code = "secrets_unavailable"


class SecretStore:
    """
    The deployment's app under one ARN; per tenant `<prefix>/<tenant>/app` and `<prefix>/<tenant>/<grant>`, encrypted by `key_id`.

    Every method raises SecretsUnavailable when Secrets Manager does not answer.
    """

    def __init__(self, client: Any, app_secret_arn: str, prefix: str, key_id: str) -> None:
        self._client, self._app_secret_arn = client, app_secret_arn
        self._prefix, self._key_id = prefix.rstrip("/"), key_id

    def app(self, tenant: str, app: str, version: str = "") -> AppCredentials:
        """
        Return the deployment's app, or the tenant's own when `app` is `tenant`, of the version that was written.

        Raises BrokenDeployment when there is none, SecretsUnavailable while a version that was written is not known yet.
        """
        own = app == "tenant"
        try:
            text, _ = self._read(self._name(tenant, "app") if own else self._app_secret_arn, version or None)
            stored = json.loads(text)
            found = AppCredentials(stored["client_id"], stored["client_secret"])
        except NotFound as error:
            raise (_unavailable(error) if version else _no_app(own)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _no_app(own) from error
        if not found.client_id or not found.client_secret:
            raise _no_app(own)
        return found

    def keep_app(self, tenant: str, app: AppCredentials) -> str:
        """Keep the tenant's own app in place of the one before, and return its version."""
        text = json.dumps({"client_id": app.client_id, "client_secret": app.client_secret})
        return self._written(self._name(tenant, "app"), text, None)

    def refresh_token(self, tenant: str, grant: str, version: str | None) -> KeptToken:
        """Return a grant's refresh token: the given version, or the newest; raise NotFound when there is none."""
        text, found_version = self._read(self._name(tenant, grant), version)
        stored = json.loads(text)
        return KeptToken(stored["refresh_token"], stored["rotation"], found_version)

    def keep_refresh_token(self, tenant: str, grant: str, token: str, rotation: int) -> str:
        """Keep a grant's refresh token and return its version; keeping the same one again is the same version."""
        text = json.dumps({"refresh_token": token, "rotation": rotation})
        version = str(uuid.uuid5(_VERSIONS, f"{self._prefix}/{tenant}/{grant}/{rotation}"))
        return self._written(self._name(tenant, grant), text, version)

    def forget(self, tenant: str, grant: str) -> None:
        """Delete a grant's secret for good; one that does not exist is as good."""
        try:
            self._client.delete_secret(SecretId=self._name(tenant, grant), ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if _code(error) not in _NOT_THERE:
                raise _unavailable(error) from error
        except BotoCoreError as error:
            raise _unavailable(error) from error

    def _name(self, tenant: str, what: str) -> str:
        return f"{self._prefix}/{tenant}/{what}"

    def _read(self, name: str, version: str | None = None) -> tuple[str, str]:
        try:
            answer = self._client.get_secret_value(SecretId=name, **({"VersionId": version} if version else {}))
        except ClientError as error:
            if _code(error) in _NOT_THERE:
                raise NotFound("There is no such secret.") from error
            raise _unavailable(error) from error
        except BotoCoreError as error:
            raise _unavailable(error) from error
        return answer["SecretString"], answer["VersionId"]

    def _written(self, name: str, text: str, version: str | None) -> str:
        """Add a version (that of a name which does not exist yet creates it); a version already taken by another text gets a new one."""
        token = {"ClientRequestToken": version} if version else {}
        try:
            return self._put(name, text, token)
        except ClientError as error:
            if _code(error) == _THERE and version:
                return self._written(name, text, None)
            raise _unavailable(error) from error
        except BotoCoreError as error:
            raise _unavailable(error) from error

    def _put(self, name: str, text: str, token: dict[str, str]) -> str:
        try:
            answer = self._client.put_secret_value(SecretId=name, SecretString=text, **token)
        except ClientError as error:
            if _code(error) not in _NOT_THERE:
                raise
            answer = self._client.create_secret(Name=name, SecretString=text, KmsKeyId=self._key_id, **token)
        return str(answer["VersionId"])


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _unavailable(error: Exception) -> SecretsUnavailable:
    what = _code(error) if isinstance(error, ClientError) else type(error).__name__
    return SecretsUnavailable(f"Secrets Manager did not do what was asked ({what}).", "It is tried again by itself.")


def _no_app(own: bool) -> BrokenDeployment:
    if own:
        return BrokenDeployment(
            "This tenant's own Salesforce app is not entered yet.", "Enter its consumer key and secret first."
        )
    return BrokenDeployment(
        "The connector's Salesforce app is not set up yet.",
        "Whoever runs the connector has to enter the External Client App's consumer key and secret in the deployment's app secret.",
    )
