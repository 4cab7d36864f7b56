"""What a stack with AWS's limits is deployed with and started from."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.limits.certificates import Certificates
from local.limits.names import CONCURRENCY, TLS
from local.stack import emulator, lifecycle
from local.stack.timings import PATIENT
from local.stack.waiting import patient
from tests.support.template import template

AT_ONCE = {"PushConcurrency", "PullConcurrency"}


def test_an_account_with_limits_gets_the_templates_own_concurrency() -> None:
    free = lifecycle._parameters("http://127.0.0.1:1", "http://127.0.0.1:2", PATIENT, ())
    limited = lifecycle._parameters("http://127.0.0.1:1", "https://127.0.0.1:2", PATIENT, (CONCURRENCY,))
    assert AT_ONCE <= free.keys() <= template()["Parameters"].keys()
    assert free.keys() - limited.keys() == AT_ONCE
    assert limited["LoopbackOrigins"] == "https://127.0.0.1:2"


def test_certificates_are_made_only_where_the_org_is_reached_by_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "CERTIFICATES", tmp_path / "certificates")
    assert lifecycle._certificates((CONCURRENCY,)) is None
    made = lifecycle._certificates((TLS,))
    assert made is not None
    assert made.authority.read_text(encoding="utf-8").startswith("-----BEGIN CERTIFICATE-----")


class Started(Exception):
    """Ends a start at the moment in which the process would run, with its command and environment."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        super().__init__()
        self.command, self.environment = command, environment


def started(limits: tuple[str, ...], trusted: Certificates | None, monkeypatch: pytest.MonkeyPatch) -> Started:
    """Return what the emulator is started with."""

    def start(name: str, command: list[str], environment: dict[str, str]) -> None:
        raise Started(command, environment)

    monkeypatch.setattr(emulator, "start", start)
    with pytest.raises(Started) as caught:
        emulator._start_on(4566, patient(print), limits, trusted)
    return caught.value


def test_without_limits_the_emulator_is_started_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    found = started((), None, monkeypatch)
    assert [Path(part).name for part in found.command] == ["ministack"]
    assert "REQUESTS_CA_BUNDLE" not in found.environment


def test_with_limits_they_are_named_and_the_functions_trust_the_runs_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAUSEWAY_LIMITS_MET", "/tmp/met")
    found = started((CONCURRENCY, TLS), Certificates(tmp_path), monkeypatch)
    assert found.command[1:] == ["-m", "local.limits", "--met=/tmp/met", CONCURRENCY, TLS]
    assert found.environment["REQUESTS_CA_BUNDLE"] == str(tmp_path / "authority.pem")
    assert "CAUSEWAY_LIMITS_MET" not in found.environment
