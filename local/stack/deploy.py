"""Building and deploying the unchanged template with the real SAM CLI, and reading back what came of it."""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass

from botocore.exceptions import ClientError

from local import console
from local.bytecode import compile_build
from local.stack.emulator import aws_client, let_statements_pass
from local.stack.loopback import loopback_only
from local.stack.places import BUILD, ROOT, STACK_NAME, VENV_BIN, tool_environment
from local.stack.processes import log_tail, start, wait_for_end
from local.stack.waiting import NothingMoved, Waiter

TEMPLATE = ROOT / "template.yaml"


ARCHITECTURES = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "arm64",
    "arm64": "arm64",
}  # AWS's name by the kernel's


class UnsupportedMachine(Exception):
    """The built layers cannot run here; the message says where they can."""


class DeployFailed(Exception):
    """The SAM CLI refused; the message ends with its last lines."""


@dataclass(frozen=True)
class Deployed:
    """What CloudFormation knows of the stack: outputs, and physical names by logical id."""

    outputs: dict[str, str]
    names: dict[str, str]

    def functions(self) -> dict[str, str]:
        """Return each function's physical name by the name of its folder (`PullScheduleFunction` → `pull_schedule`)."""
        return {_folder(logical): name for logical, name in self.names.items() if logical.endswith("Function")}


def architecture(system: str = sys.platform, machine: str = platform.machine()) -> str:
    """Return this machine's processor as the template names it; raise UnsupportedMachine. The emulator runs the built wheels on it."""
    found = ARCHITECTURES.get(machine.lower())
    if system != "linux" or found is None:
        raise UnsupportedMachine(
            f"This machine is {system} on {machine}. The layers are built for Linux on x86_64 or arm64, as on AWS, so the local stack "
            "runs there only. On a Mac or Windows, run it in the container: see 'On a Mac or Windows' in README.md."
        )
    return found


def start_build() -> subprocess.Popen[bytes]:
    """Build the console's page, then start `sam build`; what is unchanged comes from its cache. `finish_build` waits for it."""
    console.build()
    overrides = ["--parameter-overrides", *_overrides({"Architecture": architecture()})]
    folders = ["--build-dir", str(BUILD / "build"), "--cache-dir", str(BUILD / "cache")]
    return _start_sam("build", ["--cached", "--parallel", "--template-file", str(TEMPLATE), *folders, *overrides])


def finish_build(building: subprocess.Popen[bytes], waiter: Waiter) -> None:
    """Wait for the build, then compile its modules as `make build` does; raise DeployFailed when it failed."""
    if _failed("sam-build", building, waiter):
        raise DeployFailed(f"sam build failed:\n{log_tail('sam-build', 30)}")
    compile_build(BUILD / "build")


def deploy(endpoint: str, parameters: dict[str, str], waiter: Waiter) -> Deployed:
    """Run `sam deploy` with the parameters and return what came of it; raise DeployFailed."""
    overrides = _overrides({"Architecture": architecture(), **parameters})
    options = ["--template-file", str(BUILD / "build" / "template.yaml"), "--stack-name", STACK_NAME, "--resolve-s3"]
    options += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar"]
    command = [*options, "--parameter-overrides", *overrides]
    deploying = _start_sam("deploy", command, AWS_ENDPOINT_URL=loopback_only(endpoint), SAM_CLI_POLL_DELAY="0.2")
    if _failed("sam-deploy", deploying, waiter):
        raise DeployFailed("\n".join(["sam deploy failed:", *(_refusals(endpoint) or [log_tail("sam-deploy", 30)])]))
    found = deployed(endpoint)
    let_statements_pass(endpoint, found.names["PushRole"])
    return found


def _overrides(parameters: dict[str, str]) -> list[str]:
    return [f"ParameterKey={name},ParameterValue={value}" for name, value in parameters.items()]


def _failed(name: str, process: subprocess.Popen[bytes], waiter: Waiter) -> bool:
    try:
        return bool(wait_for_end(name, process, waiter))
    except NothingMoved as given_up:
        raise DeployFailed(f"{given_up}\n{log_tail(name)}") from None


def _refusals(endpoint: str) -> list[str]:
    """Return what CloudFormation says of the resources that it could not make."""
    cloudformation = aws_client("cloudformation", endpoint)
    try:
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    except ClientError:
        return []  # it failed before there was a stack
    return [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
    ]


def deployed(endpoint: str) -> Deployed:
    """Read the stack's outputs and resources."""
    cloudformation = aws_client("cloudformation", endpoint)
    stack = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    resources = [item for page in pages for item in page["StackResourceSummaries"]]
    return Deployed(outputs, {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources})


def _start_sam(command: str, arguments: list[str], **environment: str) -> subprocess.Popen[bytes]:
    return start(f"sam-{command}", [str(VENV_BIN / "sam"), command, *arguments], tool_environment(**environment))


def _folder(logical_id: str) -> str:
    name = logical_id.removesuffix("Function")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
