"""The helpers of a running org, and the plugin that gives one to tests of those who installed the package."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.org.pytest_plugin import org as org_fixture
from local.org.running import Refused, running_org

ORG = Path(__file__).parents[4] / "local/org"


def test_a_running_org_is_filled_asked_and_reset() -> None:
    with running_org() as org:
        ids = org.load("Contact", *({"LastName": f"L{number}"} for number in range(2_001)))
        assert len(org.query("SELECT LastName FROM Contact")) == 2_001
        org.request("PATCH", f"/sobjects/Contact/{ids[0]}", {"LastName": "New"})
        assert org.records("Contact")[0]["LastName"] == "New"
        assert org.calls()["api_calls"] == 3
        org.schema({"sobjects": [{"name": "Contact", "fields": [{"name": "Ext__c"}]}]})
        org.settings(org_name="Acme")
        assert org.query("SELECT Name FROM Organization")[0]["Name"] == "Acme"
        org.reset()
        assert org.query("SELECT Id FROM Contact") == []


def test_a_request_is_addressed_as_in_a_url() -> None:
    """What a test sends by the helper and by HTTP is the same request: encoded keys, and parameters after the path."""
    with running_org() as org:
        org.schema(
            {"sobjects": [{"name": "Contact", "fields": [{"name": "Key__c", "externalId": True, "length": 20}]}]}
        )
        made = org.request("PATCH", "/sobjects/Contact/Key__c/a%2Fb%20c", {"LastName": "Doe"})["id"]
        found = org.request("GET", "/query?q=SELECT+Key__c+FROM+Contact")["records"]
        assert [each["Key__c"] for each in found] == ["a/b c"]
        row = org.request("GET", f"/sobjects/Contact/{made}?fields=LastName")
        assert {**row, "attributes": None} == {"attributes": None, "LastName": "Doe"}
        assert org.request("DELETE", f"/composite/sobjects?ids={made}&allOrNone=true")[0]["success"]


def test_faults_and_time_are_at_hand() -> None:
    with running_org() as org:
        org.fault(do="error", code="REQUEST_LIMIT_EXCEEDED")
        with pytest.raises(Refused, match="REQUEST_LIMIT_EXCEEDED") as caught:
            org.query("SELECT Id FROM Contact")
        assert caught.value.status == 403
        org.advance(3 * 3600)
        with pytest.raises(Refused, match="INVALID_SESSION_ID"):
            org.query("SELECT Id FROM Contact")


def test_a_client_logs_in_by_what_the_org_says_of_itself() -> None:
    with running_org() as org:
        form = (
            f"grant_type=password&client_id={org.client_id}&client_secret={org.client_secret}"
            f"&username={org.username}&password={org.password}"
        )
        request = urllib.request.Request(f"{org.origin}/services/oauth2/token", form.encode(), method="POST")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as response:
            body = json.load(response)
        assert body["instance_url"] == org.origin
        assert body["access_token"] != org.session()


class StubbornClient:
    """A client as README.md imagines one: it asks again until the org answers."""

    def __init__(self, origin: str, access_token: str) -> None:
        self._url = f"{origin}/services/data/v66.0/query?q=SELECT+LastName+FROM+Contact"
        self._headers = {"Authorization": f"Bearer {access_token}"}

    def sync(self) -> None:
        """Read the contacts; a second time when the first fails."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(2):
            try:
                opener.open(urllib.request.Request(self._url, headers=self._headers), timeout=10).close()
            except urllib.error.HTTPError as error:
                error.close()
            else:
                return


def test_the_example_of_the_page_works() -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ORG / "README.md").read_text(), re.DOTALL)
    for block in blocks:
        names: dict[str, Any] = {"my_client": StubbornClient}
        exec(compile(block, "README.md", "exec"), names)
        with running_org() as org:
            names["test_contacts_are_read"](org)
    assert len(blocks) == 1


def test_the_plugin_is_registered_by_name_and_the_image_serves_to_others() -> None:
    """The text of pyproject.toml and Dockerfile agrees with the modules; test_installed.py tries the first."""
    project = (ORG / "pyproject.toml").read_text()
    assert 'simulated_salesforce = "simulated_salesforce.pytest_plugin"' in project
    assert 'simulated-salesforce = "simulated_salesforce.__main__:main"' in project
    assert '"--host", "0.0.0.0"' in (ORG / "Dockerfile").read_text()
    assert org_fixture is not None
