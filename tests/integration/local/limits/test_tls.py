"""The TLS server before the org: what passes, and what a new connection costs."""

from __future__ import annotations

import datetime
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from causeway.wiring.clients import http_session

from local.limits.certificates import Certificates, make_certificates
from local.limits.tls import HANDSHAKE_S
from tests.support.push.world import served

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates", datetime.datetime.now(datetime.UTC))


@pytest.fixture
def address(files: Certificates) -> Iterator[str]:
    """Serve an org behind TLS, as the stack does, and yield its address."""
    with served() as org:
        command = [sys.executable, "-m", "local.limits.tls", str(org.server_address[1]), "0", str(files.folder)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            yield server.stdout.readline().strip()
            server.terminate()


def test_a_client_that_trusts_the_authority_reaches_the_org_and_pays_the_handshake_once(
    address: str, files: Certificates
) -> None:
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(files.authority)
        took_s = [_took_s(session, f"{address}/services/data/") for _ in range(3)]
    assert took_s[0] >= HANDSHAKE_S
    assert min(took_s[1:]) < HANDSHAKE_S


def _took_s(session: requests.Session, url: str) -> float:
    began = time.monotonic()
    assert session.get(url, timeout=30).status_code == 200
    return time.monotonic() - began


def test_the_functions_session_trusts_the_bundle_on_its_direct_way_too(
    address: str, files: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain: dict[str, Any] = {"headers": {}, "timeout": 30, "allow_redirects": False}
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(files.authority))
    with http_session.__wrapped__() as session:
        assert session.request("GET", f"{address}/services/data/", **plain).status_code == 200
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with http_session.__wrapped__() as session, pytest.raises(requests.exceptions.SSLError):
        session.request("GET", f"{address}/services/data/", **plain)


def test_a_large_body_passes_in_both_directions(address: str, files: Certificates) -> None:
    people = [{"LastName": "x" * 80, "Description": "y" * 1_000} for _ in range(2_000)]
    with requests.Session() as session:
        session.trust_env, session.verify = False, str(files.authority)
        url = f"{address}/_control/records"
        stored = session.post(url, json={"sobject": "Contact", "records": people}, timeout=60).json()["ids"]
        read = session.get(f"{url}/Contact", timeout=60).json()["records"]
    assert len(stored) == len(read) == len(people)


def test_a_client_that_does_not_trust_it_sends_nothing(address: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{address}/services/data/", timeout=30)


def test_plain_http_gets_no_answer(address: str) -> None:
    port = int(address.rpartition(":")[2])
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert not plain.recv(1_000).startswith(b"HTTP")


def test_when_the_org_closes_the_client_hears_the_end(address: str, files: Certificates) -> None:
    context = ssl.create_default_context(cafile=str(files.authority))
    port = int(address.rpartition(":")[2])
    plain = socket.create_connection(("127.0.0.1", port), timeout=30)
    with context.wrap_socket(plain, server_hostname="127.0.0.1") as secure:
        secure.sendall(b"GET /services/data/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"200" in secure.recv(1_000)
        while secure.recv(65_536):
            pass
