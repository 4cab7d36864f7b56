"""The container's files agree: the ports that the stack takes are those that are passed on, published and documented."""

from __future__ import annotations

import json
import os
import re
import tomllib

from tests.support.template import ROOT

PORTS = {"CAUSEWAY_API_PORT", "CAUSEWAY_ORG_PORT", "CAUSEWAY_AWS_PORT"}


def text(name: str) -> str:
    """Return a file of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def ports() -> dict[str, int]:
    """Return the ports that the stack takes in the container."""
    return {name: int(port) for name, port in re.findall(r"(CAUSEWAY_[A-Z]+_PORT)=(\d+)", text("Dockerfile"))}


def test_the_stack_reads_every_port_that_the_container_names() -> None:
    assert ports().keys() == PORTS
    assert all(f"${name}" in text("local/container.sh") for name in PORTS)


def test_every_port_is_forwarded_to_the_same_port_outside_so_that_links_lead_there() -> None:
    described = json.loads(text(".devcontainer/devcontainer.json"))
    assert set(described["forwardPorts"]) == set(ports().values())
    assert all(described["portsAttributes"][str(port)]["requireLocalPort"] for port in ports().values())
    for page in ("Dockerfile", "README.md"):
        assert all(f"-p 127.0.0.1:{port}:{port}" in text(page) for port in ports().values()), page


def test_the_container_has_the_python_of_the_project() -> None:
    [version] = re.findall(r"^FROM python:(\d+\.\d+)-slim$", text("Dockerfile"), re.MULTILINE)
    assert tomllib.loads(text("pyproject.toml"))["project"]["requires-python"].startswith(f">={version},")


def test_the_containers_script_can_be_run() -> None:
    assert os.access(ROOT / "local" / "container.sh", os.X_OK)
