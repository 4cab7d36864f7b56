"""Tokens at rest in DynamoDB: AES-256-GCM by AWS KMS, bound to tenant and purpose by the encryption context."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.connections.tokens.grants import Purpose
from causeway.errors import BrokenDeployment, RetryableError

MAX_TOKEN_BYTES = 4096  # AWS KMS Encrypt, symmetric key: largest plaintext
_REFUSED = {"InvalidCiphertextException", "AccessDeniedException"}  # KMS API reference, Decrypt


class EncryptionUnavailable(RetryableError):
    """KMS did not answer."""

    code = "vault_unavailable"


class NotOpened(EncryptionUnavailable):
    """KMS refused: the token is sealed for another tenant or purpose, or this role may not open it."""


class KmsTokenEncryption:
    """
    Seals and opens tokens; a token sealed for one tenant or purpose does not open for another.

    A token that was sealed before purposes came opens for each, where the role may open it: the token broker's may.
    """

    def __init__(self, client: Any, key_id: str) -> None:
        self._client, self._key_id = client, key_id

    def sealed(self, tenant: str, token: str, purpose: Purpose = "access-token") -> bytes:
        """Return the token encrypted for tenant and purpose; raise BrokenDeployment when it is too long for one KMS call."""
        plain = token.encode()
        if len(plain) > MAX_TOKEN_BYTES:
            raise BrokenDeployment(
                f"Salesforce issued a token of {len(plain)} bytes; at most {MAX_TOKEN_BYTES} can be kept.",
                "In the External Client App turn off JWT-based access tokens, then connect again.",
            )
        try:
            context = {"tenant": tenant, "purpose": purpose}
            answer = self._client.encrypt(KeyId=self._key_id, Plaintext=plain, EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            raise EncryptionUnavailable("AWS KMS did not encrypt a token.", "It is tried again by itself.") from error
        return bytes(answer["CiphertextBlob"])

    def opened(self, tenant: str, sealed: bytes, purpose: Purpose = "access-token") -> str:
        """Return the token that was sealed for tenant and purpose; raise NotOpened, or EncryptionUnavailable when KMS does not answer."""
        try:
            return self._opened(sealed, {"tenant": tenant, "purpose": purpose})
        except NotOpened:
            return self._opened(sealed, {"tenant": tenant})

    def _opened(self, sealed: bytes, context: dict[str, str]) -> str:
        try:
            answer = self._client.decrypt(KeyId=self._key_id, CiphertextBlob=sealed, EncryptionContext=context)
        except (ClientError, BotoCoreError) as error:
            refused = isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _REFUSED
            kind = NotOpened if refused else EncryptionUnavailable
            raise kind("AWS KMS did not decrypt a token.", "It is tried again by itself.") from error
        return str(answer["Plaintext"].decode())
