"""The API's function as deployed: every use case can be built from what the template tells it, and none is built too early."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from causeway.settings import Settings
from causeway.wiring import api, clients, connect, discovery, pull, push

from tests.support.template import functions

WIRED: tuple[ModuleType, ...] = (clients, connect, discovery, pull, push)


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[api.UseCases]:
    """Yield the use cases of a fresh environment that knows what ApiFunction is told."""
    told = functions()["ApiFunction"]["Environment"]["Variables"]
    for name in told:
        if isinstance(getattr(Settings(), name.lower(), 0), str):
            monkeypatch.setenv(name, f"https://{name.lower().replace('_', '-')}.example")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    _forget()
    yield api.UseCases()
    _forget()


def _forget() -> None:
    for module in WIRED:
        for item in vars(module).values():
            if hasattr(item, "cache_clear"):
                item.cache_clear()


USE_CASES = [name for name, item in vars(api.UseCases).items() if hasattr(item, "attrname")]


@pytest.mark.parametrize("name", USE_CASES)
def test_every_use_case_is_built_from_what_the_template_tells(deployed: api.UseCases, name: str) -> None:
    assert getattr(deployed, name) is getattr(deployed, name)


def test_a_request_that_calls_no_org_imports_no_salesforce_client() -> None:
    script = (
        "import sys; import functions.api.app; "
        "print([name for name in ('simple_salesforce', 'requests', 'boto3') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
