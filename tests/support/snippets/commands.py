"""Checks shell lines of the documents against the programs that they call."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache

import botocore.session
from causeway_client.cli.app import app
from typer.main import get_command

from local.org.__main__ import parser as org_parser
from tests.support.documents import REPOSITORY, missing_modules

_SAM = {"build", "deploy", "delete", "validate"}
_KNOWN = {"cat", "cd", "curl", "docker", "export", "git", "node", "npm", "openssl", "pip"}
_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


def faults(text: str) -> list[str]:
    """Return what is wrong with the commands of a block, one sentence each; none when each program knows what is asked of it."""
    return [fault for words in commands(text) for fault in _faults(words)]


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words of each command: continued lines are joined, comments and notes in parentheses left out."""
    for line in re.sub(r"\\\n", " ", _joined_quotes(text)).splitlines():
        bare = re.sub(r"\s+\((?:make \w+)\)$", "", line).replace("<TokenBrokerFunction>", "NAME")
        for part in re.split(r"\s&&\s", bare):
            words = shlex.split(re.sub(r"(\w+)(?:\|\w+)+", r"\1", part), comments=True)
            while words and re.match(r"[A-Z_]+=", words[0]):
                del words[0]
            if words:
                yield words


def _joined_quotes(text: str) -> str:
    """Put what stands in quotes over several lines into one."""
    return re.sub(r"'[^']*'", lambda match: match[0].replace("\n", " "), text)


def _faults(words: list[str]) -> list[str]:
    program, *rest = words
    match program.removeprefix(".venv/bin/"):
        case "make":
            return [f"make has no target {word}" for word in rest if "=" not in word and word not in targets()]
        case "python":
            return [f"{name} does not exist" for name in missing_modules(" ".join(words))]
        case "causeway":
            return _causeway_faults(rest)
        case "simulated-salesforce":
            return [f"{program} has no {word}" for word in rest if word.startswith("-") and word not in org_options()]
        case "aws":
            return _aws_faults(rest)
        case "sam":
            return [] if rest[0] in _SAM else [f"sam {rest[0]} is not known"]
        case name:
            return [] if name in _KNOWN else [f"nothing checks the program {name}"]


@cache
def targets() -> set[str]:
    """Return the targets of the Makefile."""
    return set(_TARGET.findall((REPOSITORY / "Makefile").read_text(encoding="utf-8")))


@cache
def org_options() -> set[str]:
    """Return the options of the simulated org's command."""
    return {option for action in org_parser()._actions for option in action.option_strings}


def _causeway_faults(words: list[str]) -> list[str]:
    """Walk the commands of the command line and look for each option."""
    command = get_command(app)
    anywhere = {option for parameter in command.params for option in parameter.opts}
    given: list[str] = []
    for word in words:
        if word.startswith("-"):
            given.append(word.partition("=")[0])
        elif word in getattr(command, "commands", {}):
            command = command.commands[word]  # type: ignore[attr-defined]  # a group has commands
    if hasattr(command, "commands"):
        return [f"causeway has no such command: {' '.join(words)}"]
    known = anywhere | {option for parameter in command.params for option in parameter.opts}
    return [f"causeway {command.name} has no {option}" for option in given if option not in known]


def _aws_faults(words: list[str]) -> list[str]:
    """Look the service, the operation and its parameters up in the model that the AWS CLI is made from."""
    service, operation, *rest = words
    model = botocore.session.get_session().get_service_model(service)
    names = {_dashed(name): name for name in model.operation_names}
    if operation not in names:
        return [f"aws {service} has no {operation}"]
    shape = model.operation_model(names[operation]).input_shape
    known = {_dashed(name) for name in shape.members} | {"cli-binary-format"} if shape else set()
    asked = [word[2:] for word in rest if word.startswith("--")]
    return [f"aws {service} {operation} has no --{name}" for name in asked if name not in known]


def _dashed(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()
