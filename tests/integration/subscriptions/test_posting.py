"""Posts to a receiver on this machine: what it gets, and that nobody is followed elsewhere."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from causeway.gateways.aws.webhooks import WebhookPoster


class Receiver(BaseHTTPRequestHandler):
    """Answers by path; keeps what it was sent."""

    posts: list[tuple[str, str | None, bytes]] = []  # noqa: RUF012  # one server per module
    wbufsize = 4_096

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.posts.append((self.path, self.headers["webhook-id"], body))
        self.send_response({"/moved": 302, "/gone": 410}.get(self.path, 200))
        self.send_header("location", "/elsewhere")
        self.send_header("content-length", "9" if self.path == "/endless" else "0")
        self.end_headers()

    def log_message(self, format: str, *given: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_body_arrives_with_its_headers(origin: str) -> None:
    answer = WebhookPoster((origin,)).post(f"{origin}/hook?x=1", {"webhook-id": "1"}, '{"ä": 1}')
    assert answer.status == 200
    assert Receiver.posts[-1] == ("/hook?x=1", "1", '{"ä": 1}'.encode())


def test_a_redirect_is_a_failure_and_is_not_followed(origin: str) -> None:
    answer = WebhookPoster((origin,)).post(f"{origin}/moved", {}, "{}")
    assert (answer.status, answer.why) == (302, "it answered 302")
    assert Receiver.posts[-1][0] == "/moved"


def test_a_receiver_on_this_machine_is_refused_unless_it_is_listed(origin: str) -> None:
    before = len(Receiver.posts)
    answer = WebhookPoster().post(f"{origin}/hook", {}, "{}")
    assert (answer.status, len(Receiver.posts)) == (0, before)


def test_nobody_there_is_a_failure_in_a_sentence() -> None:
    answer = WebhookPoster(("http://127.0.0.1:1",)).post("http://127.0.0.1:1/", {}, "{}")
    assert (answer.status, answer.why[:17]) == (0, "it did not answer")


def test_a_name_with_one_address_inside_is_refused_whatever_its_others_are() -> None:
    """Or the connection would go to whichever the name server gives first."""
    poster = WebhookPoster(resolve=lambda host, port: ["93.184.215.14", "169.254.169.254"])
    answer = poster.post("https://hooks.example.com/", {}, "{}")
    assert (answer.status, answer.why) == (0, "its name leads to an address that is not on the public internet")


def dripping(connection: socket.socket) -> None:
    """Say a byte of an answer now and then, without an end."""
    with suppress(OSError), connection:
        connection.recv(4_096)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for number in range(600):
            connection.sendall(b"x" if number else b"a: ")
            time.sleep(0.05)


@pytest.fixture
def slow_origin() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: dripping(server.accept()[0]), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=5)
        assert not thread.is_alive(), "the connection was ended"


def test_a_receiver_that_says_a_word_now_and_then_is_cut_off(slow_origin: str) -> None:
    began = time.monotonic()
    answer = WebhookPoster((slow_origin,), total_s=0.5).post(f"{slow_origin}/hook", {}, "{}")
    assert (answer.status, answer.why) == (0, "it did not answer in time")
    assert time.monotonic() - began < 4, "its headers take 30 s"


def test_a_name_that_took_all_the_time_to_resolve_is_not_connected_to(origin: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        time.sleep(0.1)
        return ["127.0.0.1"]

    before = len(Receiver.posts)
    answer = WebhookPoster((origin,), resolve, total_s=0.05).post(f"{origin}/hook", {}, "{}")
    assert (answer.status, answer.why, len(Receiver.posts)) == (0, "it did not answer in time", before)


def test_an_answer_counts_once_its_status_is_there_whatever_follows(origin: str) -> None:
    assert WebhookPoster((origin,)).post(f"{origin}/endless", {}, "{}") == (200, "")
