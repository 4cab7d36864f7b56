"""Posts to a receiver on this machine: what it gets, and that nobody is followed elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
        self.send_header("content-length", "0")
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
