"""Tokens at rest in DynamoDB: AES-256-GCM by AWS KMS, bound to their tenant by the encryption context."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.errors import BrokenDeployment, RetryableError

MAX_TOKEN_BYTES = 4096  # AWS KMS Encrypt, symmetric key: largest plaintext


class EncryptionUnavailable(RetryableError):
    """KMS did not answer."""

    code = "vault_unavailable"


class KmsTokenEncryption:
    """Seals and opens tokens; a token sealed for one tenant does not open for another."""

    def __init__(self, client: Any, key_id: str) -> None:
        self._client, self._key_id = client, key_id

    def sealed(self, tenant: str, token: str) -> bytes:
        """Return the token encrypted for the tenant; raise BrokenDeployment when it is too long for one KMS call."""
        plain = token.encode()
        if len(plain) > MAX_TOKEN_BYTES:
            raise BrokenDeployment(
                f"Salesforce issued a token of {len(plain)} bytes; at most {MAX_TOKEN_BYTES} can be kept.",
                "In the External Client App turn off JWT-based access tokens, then connect again.",
            )
        try:
            answer = self._client.encrypt(KeyId=self._key_id, Plaintext=plain, EncryptionContext={"tenant": tenant})
        except (ClientError, BotoCoreError) as error:
            raise EncryptionUnavailable("AWS KMS did not encrypt a token.", "It is tried again by itself.") from error
        return bytes(answer["CiphertextBlob"])

    def opened(self, tenant: str, sealed: bytes) -> str:
        """Return the token that was sealed for the tenant; raise EncryptionUnavailable when KMS refuses or does not answer."""
        try:
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=sealed, EncryptionContext={"tenant": tenant}
            )
        except (ClientError, BotoCoreError) as error:
            raise EncryptionUnavailable("AWS KMS did not decrypt a token.", "It is tried again by itself.") from error
        return str(answer["Plaintext"].decode())
