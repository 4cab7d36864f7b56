"""Secrets soon after a write: the former version, or none; never a mixture, and never for long."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest

from local.limits.secrets import SETTLES_S, EventuallyConsistentSecrets, name_of
from local.limits.service_calls import Answer, Body, refusal, success

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:stack/acme/app-a1b2c3"


class Always(random.Random):
    """A chance that always says the same."""

    def __init__(self, value: float) -> None:
        super().__init__(0)
        self._value = value

    def random(self) -> float:
        return self._value


class Store:
    """What the emulator knows, at once."""

    def __init__(self) -> None:
        self.versions: dict[str, list[str]] = {}

    async def __call__(self, action: str, body: Body) -> Answer:
        name = name_of(str(body.get("SecretId") or body.get("Name")))
        known = self.versions.setdefault(name, [])
        if action == "DeleteSecret":
            known.clear()
            return success({"Name": name})
        if action != "GetSecretValue":
            known.append(str(body["SecretString"]))
            return success({"VersionId": known[-1]})
        asked = body.get("VersionId") or (known[-1] if known else "")
        if asked not in known:
            return refusal("ResourceNotFoundException", "none")
        return success({"SecretString": asked, "VersionId": asked})


class World:
    """Secrets Manager behind the behaviour, with a clock and a chance of its own."""

    def __init__(self, luck: float) -> None:
        self.now_s, self.store = 100.0, Store()
        self.secrets = EventuallyConsistentSecrets(Always(luck), lambda: self.now_s)

    def call(self, action: str, **body: Any) -> str:
        """Return the value read, the version written, or the error."""
        answer = asyncio.run(self.secrets.answer(action, body, self.store))
        return str(answer.body.get("SecretString") or answer.body.get("VersionId") or answer.body.get("__type"))


STALE, FRESH = 0.4, 0.9  # below and above the share of former answers


def test_a_new_secret_is_not_found_at_first() -> None:
    world = World(STALE)
    world.call("CreateSecret", Name="s", SecretString="one")
    assert world.call("GetSecretValue", SecretId="s") == "ResourceNotFoundException"
    world.now_s += SETTLES_S
    assert world.call("GetSecretValue", SecretId="s") == "one"


def test_a_changed_secret_is_read_as_it_was() -> None:
    world = World(STALE)
    world.call("CreateSecret", Name="s", SecretString="one")
    world.now_s += SETTLES_S
    world.call("PutSecretValue", SecretId="s", SecretString="two")
    assert world.call("GetSecretValue", SecretId="s") == "one"


def test_the_version_just_written_is_not_found_and_the_former_is() -> None:
    world = World(STALE)
    world.call("CreateSecret", Name="s", SecretString="one")
    world.now_s += SETTLES_S
    world.call("PutSecretValue", SecretId="s", SecretString="two")
    assert world.call("GetSecretValue", SecretId="s", VersionId="two") == "ResourceNotFoundException"
    assert world.call("GetSecretValue", SecretId="s", VersionId="one") == "one"


def test_a_deleted_secret_is_still_read() -> None:
    world = World(STALE)
    world.call("CreateSecret", Name="s", SecretString="one")
    world.now_s += SETTLES_S
    world.call("DeleteSecret", SecretId="s")
    assert world.call("GetSecretValue", SecretId="s") == "one"


def test_a_host_that_knows_of_the_write_answers_by_it() -> None:
    world = World(FRESH)
    world.call("CreateSecret", Name="s", SecretString="one")
    assert world.call("GetSecretValue", SecretId="s") == "one"


def test_a_refused_write_changes_nothing() -> None:
    world = World(STALE)
    world.call("CreateSecret", Name="s", SecretString="one")
    world.now_s += SETTLES_S
    asyncio.run(world.secrets.answer("PutSecretValue", {"SecretId": "s"}, _refusing(world.store)))
    assert world.call("GetSecretValue", SecretId="s") == "one"
    assert not [each for each in world.secrets._written.values() if each.until_s > world.now_s]


def _refusing(store: Store) -> Any:
    async def emulated(action: str, body: Body) -> Answer:
        return await store(action, body) if action == "GetSecretValue" else refusal("InternalServiceError", "no")

    return emulated


@pytest.mark.parametrize("secret", ["stack/acme/app", ARN])
def test_a_secret_has_one_name(secret: str) -> None:
    assert name_of(secret) == "stack/acme/app"
