"""The API's function as deployed: the template gives it all that its use cases need, and none is built too early."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from causeway.settings import Settings
from causeway.wiring import api

from tests.support.template import functions
from tests.support.wiring import forget_what_was_built


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[api.UseCases]:
    """Yield the use cases of a fresh environment that has the variables of ApiFunction."""
    variables = functions()["ApiFunction"]["Environment"]["Variables"]
    for name in variables:
        if isinstance(getattr(Settings(), name.lower(), 0), str):
            given = name.lower().replace("_", "-")
            arn = f"arn:aws:sqs:eu-central-1:123456789012:{given}"
            monkeypatch.setenv(name, arn if name.endswith("_ARN") else f"https://{given}.example")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    forget_what_was_built()
    yield api.UseCases()
    forget_what_was_built()


USE_CASES = [name for name, item in vars(api.UseCases).items() if hasattr(item, "attrname")]


@pytest.mark.parametrize("name", USE_CASES)
def test_every_use_case_is_built_from_what_the_template_gives(deployed: api.UseCases, name: str) -> None:
    assert getattr(deployed, name) is getattr(deployed, name)


def test_a_request_that_calls_no_org_imports_no_salesforce_client() -> None:
    script = (
        "import sys; import functions.api.app; "
        "print([name for name in ('simple_salesforce', 'requests', 'boto3') if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
