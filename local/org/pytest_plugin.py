"""The pytest plugin of the installed package: the fixture `org`, a running org of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .running import RunningOrg, running_org


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option that names the schema of every org."""
    parser.addini("simulated_salesforce_schema", "schema file, or folder of them, of the org that tests get", "paths")


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker that gives one test another schema, other settings or another seed."""
    config.addinivalue_line(
        "markers", "salesforce(schema=path, settings={...}, seed=1): how the org of the fixture `org` is set up"
    )


@pytest.fixture
def org(request: pytest.FixtureRequest) -> Iterator[RunningOrg]:
    """Return a running simulated Salesforce org, new for each test."""
    marker = request.node.get_closest_marker("salesforce")
    wanted = dict(marker.kwargs) if marker else {}
    paths = request.config.getini("simulated_salesforce_schema")
    schema = wanted.get("schema") or (paths[0] if paths else None)
    with running_org(int(wanted.get("seed", 1)), Path(schema) if schema else None) as running:
        if wanted.get("settings"):
            running.settings(**wanted["settings"])
        yield running
