"""The org as a package of its own: built, installed into a new environment, used by a test that knows nothing of this repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[4]
ORG = REPOSITORY / "local/org"
UV = Path(sys.executable).parent / "uv"

TEST = """
import json
from urllib.request import Request, urlopen

import pytest


def test_a_client_reads_what_the_test_loaded(org):
    org.load("Contact", {"LastName": "Lovelace", "Email": "ada@example.com"})
    url = f"{org.origin}/services/data/v66.0/query?q=SELECT+LastName+FROM+Contact"
    answer = json.load(urlopen(Request(url, headers=org.headers)))
    assert [each["LastName"] for each in answer["records"]] == ["Lovelace"]
    assert org.query("SELECT Email FROM Contact")[0]["Email"] == "ada@example.com"
    assert org.calls()["query"] == 2


def test_every_test_has_an_org_of_its_own(org):
    assert org.records("Contact") == []


@pytest.mark.salesforce(settings={"org_name": "Acme"}, seed=7)
def test_a_marker_sets_the_org_up(org):
    assert org.query("SELECT Name FROM Organization")[0]["Name"] == "Acme"


def test_a_refusal_says_why(org):
    with pytest.raises(AssertionError, match="INVALID_FIELD"):
        org.query("SELECT Nope FROM Contact")
    org.fault(do="error", code="QUERY_TIMEOUT")
    with pytest.raises(AssertionError, match="QUERY_TIMEOUT"):
        org.query("SELECT Id FROM Contact")


def test_the_schema_of_the_ini_file_is_there(org):
    assert org.query("SELECT Code__c FROM Project__c") == []
"""


def run(*command: str | Path, where: Path, **environment: str) -> str:
    """Run a command without anything of this repository on its path; return what it prints."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        command, cwd=where, env={**clean, "UV_PYTHON_DOWNLOADS": "never", **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new virtual environment that has the package and pytest."""
    if not UV.exists():
        pytest.skip("uv is not installed")
    where = tmp_path_factory.mktemp("installed")
    source = where / "org"
    shutil.copytree(ORG, source, ignore=shutil.ignore_patterns("__pycache__"))
    run(UV, "venv", "--python", sys.executable, where / "venv", where=where)
    try:
        run(UV, "pip", "install", "-q", "--python", where / "venv/bin/python", source, "pytest", where=where)
    except AssertionError as error:
        if "dns error" in str(error) or "Failed to fetch" in str(error):
            pytest.skip("no package index, and what is needed is in no cache")
        raise
    return where


def test_a_test_elsewhere_uses_the_fixture(environment: Path) -> None:
    project = environment / "project"
    project.mkdir()
    (project / "test_mine.py").write_text(TEST)
    (project / "schema.json").write_text('{"sobjects": [{"name": "Project__c", "fields": [{"name": "Code__c"}]}]}')
    (project / "pytest.ini").write_text(
        "[pytest]\nsimulated_salesforce_schema = schema.json\naddopts = --strict-markers\n"
    )
    assert "5 passed" in run(environment / "venv/bin/python", "-m", "pytest", "-q", where=project)


def test_the_command_is_there_and_serves(environment: Path) -> None:
    command = environment / "venv/bin/simulated-salesforce"
    serving = subprocess.Popen(
        [command, "--port", "0", "--origin", "http://org.example:9"], stdout=subprocess.PIPE, text=True, cwd=environment
    )
    try:
        assert serving.stdout is not None
        assert serving.stdout.readline() == "Simulated Salesforce org ready on http://org.example:9\n"
    finally:
        serving.terminate()
        assert serving.wait(10) == 0
        if serving.stdout is not None:
            serving.stdout.close()


def test_the_wheel_holds_the_package_and_nothing_else(environment: Path) -> None:
    run(UV, "build", "-q", "--wheel", "--python", sys.executable, "-o", "dist", "org", where=environment)
    with zipfile.ZipFile(next((environment / "dist").glob("*.whl"))) as wheel:
        names = [each for each in wheel.namelist() if ".dist-info/" not in each]
    modules = {str(path.relative_to(ORG)) for path in ORG.rglob("*.py")}
    assert {name.removeprefix("simulated_salesforce/") for name in names} == modules
    assert all(name.startswith("simulated_salesforce/") for name in names)
