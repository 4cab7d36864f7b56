"""The embedded stack's own rules: this machine only, names, interruptions, and processes that it may stop."""

from __future__ import annotations

import os
import signal

import pytest

from local.stack.deploy import Deployed, UnsupportedMachine, architecture
from local.stack.emulator import aws_client
from local.stack.interruption import killed_like_ctrl_c, uninterrupted
from local.stack.loopback import loopback_only
from local.stack.places import clean_environment, tool_environment
from local.stack.timings import BY_NAME, PATIENT, QUICK, QUICKEST, Timings
from tests.support.template import folder, functions, template


@pytest.mark.parametrize("url", ["http://127.0.0.1:4566", "http://localhost:1/x", "http://[::1]:80"])
def test_addresses_of_this_machine_are_taken(url: str) -> None:
    assert loopback_only(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://sqs.us-east-1.amazonaws.com",
        "http://10.0.0.1:4566",
        "http://127.0.0.1.example.com",
        "http://user@example.com:80@localhost.example.com",
        "http://127.0.0.1@example.com",
        "127.0.0.1:4566",
        "",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="not an address of this machine"):
        loopback_only(url)


def test_no_client_is_made_for_another_machine() -> None:
    with pytest.raises(ValueError, match="never talks to another"):
        aws_client("sqs", "https://sqs.us-east-1.amazonaws.com")


def test_functions_are_listed_by_their_folders() -> None:
    deployed = Deployed({}, {**{name: name.lower() for name in functions()}, "PushQueue": "q"})
    assert deployed.functions() == {folder(function): name.lower() for name, function in functions().items()}


@pytest.mark.parametrize(
    ("machine", "named"), [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")]
)
def test_the_stack_is_built_for_the_processor_of_the_machine(machine: str, named: str) -> None:
    assert architecture("linux", machine) == named
    assert named in template()["Parameters"]["Architecture"]["AllowedValues"]


@pytest.mark.parametrize(("system", "machine"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "riscv64")])
def test_on_another_machine_a_person_is_sent_to_the_container(system: str, machine: str) -> None:
    with pytest.raises(UnsupportedMachine, match=f"{system} on {machine}.*in the container"):
        architecture(system, machine)


@pytest.mark.parametrize("timings", BY_NAME.values(), ids=BY_NAME)
def test_local_timings_keep_the_rules_of_production(timings: Timings) -> None:
    assert timings.claim_lease_s >= timings.push_timeout_s + timings.unknown_outcome_hold_s
    assert timings.push_visibility_s >= 6 * timings.push_timeout_s
    assert timings.parameters().keys() <= template()["Parameters"].keys()


@pytest.mark.parametrize("timings", BY_NAME.values(), ids=BY_NAME)
def test_local_timings_are_those_of_the_templates_preset(timings: Timings) -> None:
    preset = template()["Mappings"]["PushTimings"][timings.parameters()["PushTiming"]]
    own = (timings.push_timeout_s, timings.claim_lease_s, timings.push_visibility_s, timings.unknown_outcome_hold_s)
    assert own == tuple(int(preset[name]) for name in ("TimeoutS", "LeaseS", "VisibilityS", "HoldS"))


def test_a_laptop_at_full_load_gets_more_time_and_a_killed_worker_is_still_recovered_within_ten_minutes() -> None:
    assert PATIENT.push_timeout_s >= 6 * QUICKEST.push_timeout_s
    assert PATIENT.recovery_bound_s <= 600
    assert QUICKEST.recovery_bound_s <= 100 <= QUICK.recovery_bound_s <= 200


def test_servers_inherit_no_key_and_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SECRET_ACCESS_KEY", "SOME_TOKEN"):
        monkeypatch.setenv(name, "the caller's")
    assert "the caller's" not in clean_environment().values()


def test_the_sam_cli_sees_no_aws_setting_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, "the caller's")
    assert "the caller's" not in tool_environment().values()


def test_an_interruption_waits_until_what_must_not_be_cut_is_done() -> None:
    done: list[str] = []

    def interrupted_in_the_middle() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("the rest")

    with pytest.raises(KeyboardInterrupt):
        interrupted_in_the_middle()
    assert done == ["the rest"]


def test_a_polite_kill_is_heard_as_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), killed_like_ctrl_c():
        os.kill(os.getpid(), signal.SIGTERM)
