"""The simulated org over real HTTP: what a client library sees on the wire."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
import requests

from local.org.serving import OrgServer
from tests.support.org.edge import API, running_org

ROOT = Path(__file__).parents[5]
LEAD = {"LastName": "Doe", "Company": "Acme"}


@pytest.fixture(scope="module")
def server() -> Iterator[OrgServer]:
    with running_org() as running:
        yield running


@pytest.fixture
def headers(server: OrgServer) -> dict[str, str]:
    requests.post(f"{server.origin}/_control/reset", timeout=5)
    token = requests.post(f"{server.origin}/_control/sessions", timeout=5).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def connection(server: OrgServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=5)


def test_one_connection_answers_many_requests_without_waiting_for_acknowledgements(
    server: OrgServer, headers: dict[str, str]
) -> None:
    """Each small answer costs about 40 ms where Nagle's algorithm meets delayed acknowledgements."""
    with requests.Session() as session:
        session.headers.update(headers)
        began = time.monotonic()
        for _ in range(100):
            assert session.get(f"{server.origin}{API}/", timeout=5).status_code == 200
        assert time.monotonic() - began < 3.5


def test_a_client_that_asks_for_it_gets_a_closed_connection(server: OrgServer) -> None:
    answer = requests.get(f"{server.origin}/services/data", headers={"Connection": "close"}, timeout=5)
    assert answer.headers["Connection"] == "close"


def test_answers_are_gzipped_when_asked_for_and_plain_otherwise(server: OrgServer) -> None:
    """Source: REST API guide, compression."""
    for accepted, expected in (("gzip", b"\x1f\x8b"), ("identity", b'[{"')):
        plain = connection(server)
        plain.request("GET", "/services/data", headers={"Accept-Encoding": accepted})
        answer = plain.getresponse()
        raw = answer.read()
        assert raw.startswith(expected)
        assert (answer.getheader("Content-Encoding") == "gzip") == (accepted == "gzip")
        assert len(json.loads(gzip.decompress(raw) if accepted == "gzip" else raw)) == 38
        plain.close()


def test_gzipped_and_chunked_requests_are_understood(server: OrgServer, headers: dict[str, str]) -> None:
    url, body = f"{server.origin}{API}/sobjects/Lead", json.dumps(LEAD).encode()
    sent = {**headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert requests.post(url, gzip.compress(body), headers=sent, timeout=5).status_code == 201
    del sent["Content-Encoding"]
    other = json.dumps({"LastName": "Roe", "Company": "Beta"}).encode()
    assert requests.post(url, iter([other[:5], other[5:]]), headers=sent, timeout=5).status_code == 201


def test_half_a_surrogate_pair_is_answered_as_valid_utf_8(server: OrgServer, headers: dict[str, str]) -> None:
    """Source: RFC 8259, section 8.1: JSON between systems is UTF-8, which has no surrogates; Java writes a question mark."""
    url = f"{server.origin}{API}"
    created = requests.post(
        f"{url}/sobjects/Lead",
        data=json.dumps({**LEAD, "LastName": "a\ud800b"}),
        headers={**headers, "Content-Type": "application/json"},
        timeout=5,
    )
    lead = created.json()["id"]
    answer = requests.get(f"{url}/sobjects/Lead/{lead}?fields=LastName", headers=headers, timeout=5)
    assert json.loads(answer.content.decode("utf-8"))["LastName"] == "a?b"
    assert "a?b" in requests.get(f"{server.origin}/view/records/Lead", timeout=5).content.decode("utf-8")


def test_the_date_header_follows_the_orgs_clock(server: OrgServer, headers: dict[str, str]) -> None:
    requests.post(f"{server.origin}/_control/clock", json={"now": "2030-05-06T07:08:09Z", "stop": True}, timeout=5)
    answer = requests.get(f"{server.origin}/services/data", timeout=5)
    assert parsedate_to_datetime(answer.headers["Date"]).isoformat() == "2030-05-06T07:08:09+00:00"


@pytest.mark.parametrize("length", [16_384, 16_385])
def test_a_uri_over_16384_bytes_is_an_html_414(server: OrgServer, length: int) -> None:
    """Source: REST API guide, status codes; the page was captured by airbyte."""
    plain = connection(server)
    plain.request("GET", "/" + "a" * (length - 1))
    answer = plain.getresponse()
    body = answer.read()
    assert answer.status == (414 if length > 16_384 else 431)
    assert body.startswith(b"<h1>Bad Message 4")
    assert answer.getheader("Content-Type", "").startswith("text/html")
    plain.close()


def test_uri_and_headers_over_16384_bytes_are_an_html_431(server: OrgServer) -> None:
    answer = requests.get(f"{server.origin}/services/data", headers={"X-Long": "a" * 16_400}, timeout=5)
    assert (answer.status_code, answer.text[:24]) == (431, "<h1>Bad Message 431</h1>")


def test_a_refused_request_with_a_large_body_still_gets_its_answer(server: OrgServer) -> None:
    head = f"POST /{'a' * 17_000} HTTP/1.1\r\nContent-Length: 8000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as plain:
        plain.sendall(head.encode() + b"x" * 8_000_000)
        assert plain.recv(100).startswith(b"HTTP/1.1 414 ")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: nine\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"GET / HTTP/1.1\r\nNoColon\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
    ],
)
def test_what_is_no_http_is_refused_at_once(server: OrgServer, head: bytes, status: int) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as plain:
        plain.sendall(head)
        assert plain.recv(100).startswith(f"HTTP/1.1 {status} ".encode())


def test_an_old_client_gets_a_closed_connection(server: OrgServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as plain:
        plain.sendall(b"GET /services/data HTTP/1.0\r\n\r\n")
        received = b"".join(iter(lambda: plain.recv(65536), b""))
    assert received.endswith(b"]")


def test_nonsense_is_a_400_and_the_server_lives_on(server: OrgServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as plain:
        plain.sendall(b"nonsense\r\n\r\n")
        assert plain.recv(100).startswith(b"HTTP/1.1 400 ")
    assert requests.get(f"{server.origin}/services/data", timeout=5).status_code == 200


def test_a_head_has_headers_and_no_body(server: OrgServer) -> None:
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=5) as plain:
        plain.sendall(b"HEAD /services/data HTTP/1.1\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: plain.recv(65536), b""))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert re.search(rb"Content-Length: \d{3,}", received)
    assert received.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("action", "applied"), [("drop_before", 0), ("drop_after", 1), ("late", 0)])
def test_a_dropped_connection_breaks_the_client(
    server: OrgServer, headers: dict[str, str], action: str, applied: int
) -> None:
    requests.post(f"{server.origin}/_control/faults", json={"do": action, "late_s": 600}, timeout=5)
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{server.origin}{API}/sobjects/Lead", json=LEAD, headers=headers, timeout=5)
    rows = requests.get(f"{server.origin}/_control/records/Lead", timeout=5).json()["records"]
    assert len(rows) == applied


def test_a_request_is_applied_although_its_client_gave_up(server: OrgServer, headers: dict[str, str]) -> None:
    requests.post(f"{server.origin}/_control/faults", json={"do": "delay", "delay_s": 0.2}, timeout=5)
    with pytest.raises(requests.Timeout):
        requests.post(f"{server.origin}{API}/sobjects/Lead", json=LEAD, headers=headers, timeout=0.05)
    until = time.monotonic() + 5
    while not requests.get(f"{server.origin}/_control/records/Lead", timeout=5).json()["records"]:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_truncated_answer_is_shorter_than_it_says(server: OrgServer, headers: dict[str, str]) -> None:
    requests.post(f"{server.origin}/_control/faults", json={"do": "truncate"}, timeout=5)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(f"{server.origin}{API}/", headers=headers, timeout=5)


def test_upper_and_lower_case_headers_are_one(server: OrgServer, headers: dict[str, str]) -> None:
    sent = {"AUTHORIZATION": headers["Authorization"].replace("Bearer", "OAuth")}
    assert requests.get(f"{server.origin}{API}/", headers=sent, timeout=5).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_program_prints_its_url_and_stops_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "local.org", "--port", "0", "--seed", "3"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        ready, _, _ = select.select([process.stdout], [], [], 20)
        assert ready
        line = process.stdout.readline()
        url = line.rpartition(" ")[2].strip()
        assert requests.get(f"{url}/services/data", timeout=5).status_code == 200
        os.kill(process.pid, number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


@pytest.mark.parametrize("content", ["{", '{"sobjcts": []}', '{"sobjects": [{"name": "Lead", "fields": [{}]}]}'])
def test_a_schema_file_that_cannot_be_used_is_reported_in_one_sentence(tmp_path: Path, content: str) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(content, encoding="utf-8")
    command = [sys.executable, "-m", "local.org", "--port", "0", "--schema", str(schema)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("The org cannot start: ")
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_reported_in_one_sentence(server: OrgServer) -> None:
    command = [sys.executable, "-m", "local.org", "--port", str(server.server_address[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "Choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("uri_bytes", "header_bytes", "status"), [(3_000, 0, 414), (1_500, 1_000, 431), (500, 0, 404)])
def test_the_longest_uri_is_a_setting(
    server: OrgServer, headers: dict[str, str], uri_bytes: int, header_bytes: int, status: int
) -> None:
    """Source: REST API guide, status codes 414 and 431; proxies before an org allow less (limits cheat sheet)."""
    requests.patch(f"{server.origin}/_control/settings", json={"max_uri_bytes": 2_000}, timeout=5)
    plain = connection(server)
    plain.request("GET", "/" + "x" * uri_bytes, headers={**headers, "X-Long": "x" * header_bytes})
    assert plain.getresponse().status == status
    plain.close()
