"""The simulated org over HTTPS, as Salesforce is reached: identity and instance URLs begin with https (jsforce's connection-meta test)."""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local.org.running import running_org
from local.org.serving import certified
from tests.support.org.certificates import certificate_in

ROOT = Path(__file__).parents[5]


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the files of a certificate for 127.0.0.1, and of its key."""
    return certificate_in(tmp_path_factory.mktemp("tls"))


def test_addresses_that_the_org_names_are_https(pem: tuple[Path, Path]) -> None:
    trusted = str(pem[0])
    with running_org(tls=certified(*pem)) as org:
        form = {
            "grant_type": "password",
            "client_id": org.client_id,
            "client_secret": org.client_secret,
            "username": org.username,
            "password": org.password,
        }
        token = requests.post(f"{org.origin}/services/oauth2/token", form, verify=trusted, timeout=5).json()
        assert token["instance_url"] == org.origin
        assert org.origin.startswith("https://127.0.0.1:")
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        resources = requests.get(f"{org.api}/", headers=bearer, verify=trusted, timeout=5).json()
        assert resources["identity"].startswith("https://")
        identity = requests.get(resources["identity"], headers=bearer, verify=trusted, timeout=5).json()
        assert identity["id"] == token["id"] == resources["identity"]
        assert identity["urls"]["rest"].startswith("https://")


def test_who_does_not_trust_the_certificate_or_speaks_plainly_gets_no_answer(pem: tuple[Path, Path]) -> None:
    with running_org(tls=certified(*pem)) as org:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(org.origin, timeout=5)
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(org.origin.replace("https", "http"), timeout=5)
        assert requests.get(f"{org.origin}/services/data", verify=str(pem[0]), timeout=5).status_code == 200


def test_a_client_that_never_shakes_hands_holds_up_nobody(pem: tuple[Path, Path]) -> None:
    with running_org(tls=certified(*pem)) as org:
        port = int(org.origin.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)):
            assert requests.get(f"{org.origin}/services/data", verify=str(pem[0]), timeout=5).status_code == 200


def test_a_cut_connection_is_cut_over_https_too(pem: tuple[Path, Path]) -> None:
    with running_org(tls=certified(*pem)) as org:
        org.fault(do="drop_before", kind="versions", times=1)
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(f"{org.origin}/services/data", verify=str(pem[0]), timeout=5)
        long = "x" * 40_000
        context = ssl.create_default_context(cafile=pem[0])
        asking = http.client.HTTPSConnection("127.0.0.1", int(org.origin.rpartition(":")[2]), context=context)
        asking.request("GET", f"/services/data/{long}")
        assert asking.getresponse().status == 414
        asking.close()


def test_half_of_a_certificate_or_something_else_is_refused(pem: tuple[Path, Path], tmp_path: Path) -> None:
    assert certified(None, None) is None
    with pytest.raises(ValueError, match="both --tls-cert and --tls-key"):
        certified(pem[0], None)
    (tmp_path / "none.pem").write_text("none")
    with pytest.raises(ValueError, match="in PEM"):
        certified(tmp_path / "none.pem", pem[1])
    command = [sys.executable, "-m", "local.org", "--port", "0", "--tls-cert", str(pem[0])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "give both --tls-cert and --tls-key" in done.stderr


def test_the_command_serves_https(pem: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "local.org", "--port", "0", "--tls-cert", str(pem[0]), "--tls-key", str(pem[1])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        origin = serving.stdout.readline().split()[-1]
        try:
            assert requests.get(f"{origin}/services/data", verify=str(pem[0]), timeout=5).status_code == 200
        finally:
            serving.terminate()
