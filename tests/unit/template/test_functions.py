"""House rules over the functions of template.yaml."""

from __future__ import annotations

from typing import Any

import pytest
from causeway.settings import Settings, read_settings

from tests.support.template import ROOT, as_list, events, folder, functions, of_preset, resources, statements, template

EVERY_FUNCTION = {
    "oauth_authorize",
    "oauth_callback",
    "token_broker",
    "api",
    "session_authorizer",
    "console",
    "push",
    "pull_schedule",
    "pull",
    "replay",
    "dead_letter",
    "notices",
    "relay",
}
OF_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME"}
PUSH_TIMINGS = {"PUSH_TIMEOUT_S", "CLAIM_LEASE_S", "PUSH_VISIBILITY_S", "UNKNOWN_OUTCOME_HOLD_S"}

each_function = pytest.mark.parametrize(("name", "function"), functions().items(), ids=functions())


def variables(function: dict[str, Any]) -> dict[str, Any]:
    """Return a function's own environment."""
    found: dict[str, Any] = function["Environment"]["Variables"]
    return found


def may_send_to(function: str, queue: Any) -> bool:
    """Tell whether a function's role may put messages on a queue."""
    allowed = statements(function.replace("Function", "Role"))
    return any("sqs:SendMessage" in as_list(each["Action"]) and queue in as_list(each["Resource"]) for each in allowed)


def test_the_template_has_the_functions_of_the_picture() -> None:
    assert {folder(function) for function in functions().values()} == EVERY_FUNCTION


@each_function
def test_a_function_has_its_own_role_and_log_and_a_sentence(name: str, function: dict[str, Any]) -> None:
    stem = name.removesuffix("Function")
    assert function["Role"] == {"Fn::GetAtt": [f"{stem}Role", "Arn"]}
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": f"{stem}LogGroup"}}
    assert resources("AWS::Logs::LogGroup")[f"{stem}LogGroup"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert len(function["Description"]) > 20


@each_function
def test_a_function_is_named_after_its_folder(name: str, function: dict[str, Any]) -> None:
    words = name.removesuffix("Function")
    assert "".join(word.capitalize() for word in folder(function).split("_")) == words
    assert variables(function)["POWERTOOLS_SERVICE_NAME"] == folder(function)


@each_function
def test_a_function_gets_its_settings_by_the_names_that_the_code_reads(name: str, function: dict[str, Any]) -> None:
    known = {item.upper() for item in Settings._fields}
    assert set(variables(function)) - OF_POWERTOOLS <= known


@each_function
def test_push_timings_come_together_or_not_at_all(name: str, function: dict[str, Any]) -> None:
    """One of them alone would be checked against another's default."""
    assert PUSH_TIMINGS & set(variables(function)) in (set(), PUSH_TIMINGS)


def test_every_function_is_traced() -> None:
    assert template()["Globals"]["Function"]["Tracing"] == "Active"
    assert not [name for name, function in functions().items() if "Tracing" in function]


def test_no_function_that_has_an_api_event_names_the_api() -> None:
    """CloudFormation refuses that circle; the address comes from a parameter read by name."""
    with_events = {name for name, _ in events("Api")}
    assert not [name for name in with_events if "'Api'" in str(variables(functions()[name]))]


def test_functions_that_feed_their_own_queue_are_allowed_to() -> None:
    """Lambda would cut the loop after about sixteen hops, and the message with it."""
    feeding = {
        name
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS" and may_send_to(name, event["Properties"]["Queue"])
    }
    assert feeding == {name for name, function in functions().items() if function.get("RecursiveLoop") == "Allow"}
    assert feeding == {"PullFunction", "NoticesFunction"}


def test_no_function_reserves_concurrency() -> None:
    """A new account has ten in all, and AWS refuses to reserve from those."""
    assert not [name for name, function in functions().items() if "ReservedConcurrentExecutions" in function]


def test_schedules_have_no_name_that_a_second_stack_would_share() -> None:
    assert len(events("ScheduleV2")) == 3
    assert all(event["OmitName"] is True for _, event in events("ScheduleV2"))


@pytest.mark.parametrize("preset", template()["Parameters"]["PushTiming"]["AllowedValues"])
def test_the_timings_of_every_preset_pass_the_check_at_start(preset: str) -> None:
    found = variables(functions()["PushFunction"])
    settings = read_settings({name: str(of_preset(found[name], preset)) for name in PUSH_TIMINGS})
    assert settings.claim_lease_s >= settings.push_timeout_s + settings.unknown_outcome_hold_s
    assert settings.push_visibility_s >= 6 * settings.push_timeout_s
    assert of_preset(functions()["PushFunction"]["Timeout"], preset) == settings.push_timeout_s <= 900  # Lambda's limit
    queue = resources("AWS::SQS::Queue")["PushQueue"]
    assert of_preset(queue["VisibilityTimeout"], preset) == settings.push_visibility_s


def test_layers_are_built_for_the_runtime_that_loads_them() -> None:
    runtime = template()["Globals"]["Function"]["Runtime"]
    for name, layer in resources("AWS::Serverless::LayerVersion").items():
        assert layer["CompatibleRuntimes"] == [runtime], name
        assert template()["Resources"][name]["Metadata"]["BuildMethod"] == runtime, name
        assert (ROOT / layer["ContentUri"]).is_dir(), name


def test_one_parameter_decides_the_processor_of_all_functions_and_layers() -> None:
    chosen = {"Ref": "Architecture"}
    assert template()["Parameters"]["Architecture"]["AllowedValues"] == ["arm64", "x86_64"]
    assert template()["Parameters"]["Architecture"]["Default"] == "arm64"
    assert template()["Globals"]["Function"]["Architectures"] == [chosen]
    assert not [name for name, function in functions().items() if "Architectures" in function]
    for name, layer in resources("AWS::Serverless::LayerVersion").items():
        assert layer["CompatibleArchitectures"] == [chosen], name
        assert template()["Resources"][name]["Metadata"]["BuildArchitecture"] == chosen, name


def test_the_layers_pins_hold_on_both_processors() -> None:
    pins = (ROOT / "layers" / "dependencies" / "requirements.txt").read_text(encoding="utf-8")
    assert "platform_machine" not in pins
    assert all("--hash" in block or not block.strip() for block in pins.replace("\\\n", " ").splitlines())


def test_alarms_go_to_the_topic_and_cover_every_function_and_queue() -> None:
    alarms = resources("AWS::CloudWatch::Alarm").values()
    assert all(as_list(alarm["AlarmActions"]) == [{"Ref": "AlarmTopic"}] for alarm in alarms)
    watched = str([alarm["Dimensions"] for alarm in alarms])
    assert [name for name in {**functions(), **resources("AWS::SQS::Queue")} if f"'{name}'" not in watched] == []
