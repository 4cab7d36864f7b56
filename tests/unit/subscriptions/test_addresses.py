"""Where webhooks may go: by name, by https, to the public internet, also when the name leads elsewhere later."""

from __future__ import annotations

import pytest
from causeway.errors import InvalidRequest
from causeway.gateways.aws.webhooks import WebhookPoster
from causeway.subscriptions.addresses import checked_url, is_public


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com", "https://hooks.example.com:443/a?b=c", "https://xn--bcher-kva.example/"]
)
def test_public_names_are_taken(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hooks.example.com",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
        ),
        *(
            "https://127.1/",
            "https://0x7f.0.0.1/",
            "https://10.0.0.1",
            "https://169.254.169.254/latest",
            "ftp://example.com",
        ),
        *(
            "https://user:pw@example.com/",
            "https://example.com:8443/",
            "https://intranet/",
            "https://db.internal/",
            "https://a.local.",
        ),
        *("https://exam ple.com", "https://example.com\\@evil.com", "https://", "https://[bad", "javascript:alert(1)"),
    ],
)
def test_everything_else_is_refused_with_what_to_enter_instead(url: str) -> None:
    with pytest.raises(InvalidRequest) as met:
        checked_url(url)
    assert "https" in met.value.remedy


@pytest.mark.parametrize(
    "host", ["a..example.com", ".example.com", "example.com..", f"{'a' * 64}.example.com", f"{'a.' * 126}example.com"]
)
def test_a_name_that_no_dns_can_hold_is_refused_with_the_reason(host: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 63 characters"):
        checked_url(f"https://{host}/x")


@pytest.mark.parametrize("host", ["a..example.com", f"{'a' * 64}.example.com"])
def test_a_name_that_cannot_be_looked_up_is_an_answer_that_did_not_come(host: str) -> None:
    assert WebhookPoster().post(f"https://{host}/x", {}, "{}").status == 0


def test_listed_origins_of_this_machine_are_taken() -> None:
    assert checked_url("http://127.0.0.1:8080/hook", ("http://127.0.0.1:8080",))
    with pytest.raises(InvalidRequest):
        checked_url("http://127.0.0.1:80801/hook", ("http://127.0.0.1:8080",))


SPECIAL = [  # IANA's special-purpose registries of IPv4 and IPv6, and what was never given out
    *("0.1.2.3", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "255.255.255.255", "169.254.169.254"),
    *("::", "fec0::1", "feff::1", "fd00::8", "fd00:ec2::254", "fe80::1", "ff02::1", "ff0e::1", "100::1", "5f00::1"),
    *("2001::1", "2001:0:a00:1::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:4:112::1", "2001:db8::1", "3fff::1"),
    *("::10.0.0.1", "::8.8.8.8", "::ffff:0:10.0.0.1", "::ffff:0:8.8.8.8", "64:ff9b:1::a00:1", "4000::1", "e000::1"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "64:ff9b::", "2002::1"),
]


@pytest.mark.parametrize(
    ("address", "public"),
    [
        *(("93.184.216.34", True), ("2606:2800:220:1::1", True), ("10.0.0.1", False), ("172.16.5.5", False)),
        *(
            ("192.168.1.1", False),
            ("127.0.0.1", False),
            ("169.254.169.254", False),
            ("100.64.0.1", False),
            ("0.0.0.0", False),
        ),
        *(("224.0.0.1", False), ("240.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("fd00::1", False)),
        *(("::ffff:10.0.0.1", False), ("64:ff9b::a00:1", False), ("2002:a00:1::", False), ("nonsense", False)),
        *(("::ffff:93.184.216.34", True), ("64:ff9b::5db8:d822", True), ("2002:5db8:d822::1", True)),
        *((each, False) for each in SPECIAL),
    ],
)
def test_only_addresses_of_the_public_internet_count_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize("leads_to", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
def test_a_name_that_leads_to_a_private_address_is_not_connected_to(leads_to: list[str]) -> None:
    poster = WebhookPoster(resolve=lambda host, port: leads_to)
    answer = poster.post("https://hooks.example.com/a", {}, "{}")
    assert (answer.status, "not on the public internet" in answer.why) == (0, True)
