"""The token broker as its callers see it: one Lambda invocation per request, never repeated by the SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from causeway.errors import OrgUnavailable


class TokenBroker:
    """Asks the token broker function; what comes back is metadata, never a token or a secret."""

    def __init__(self, client: Any, function: str) -> None:
        self._client, self._function = client, function

    def ask(self, action: str, tenant: str, **request: Any) -> Mapping[str, Any]:
        """Return the broker's answer; raise OrgUnavailable when it crashed or could not be reached (the outcome is then unknown)."""
        payload = json.dumps({"action": action, "tenant": tenant, **request})
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=payload)
        except (ClientError, BotoCoreError) as error:
            raise _unreachable() from error
        body = answer["Payload"].read()
        if answer.get("FunctionError"):
            raise _unreachable()
        result: Mapping[str, Any] = json.loads(body)
        return result


def _unreachable() -> OrgUnavailable:
    return OrgUnavailable("The token broker did not answer.", "It is tried again by itself.", retry_after_s=5)
