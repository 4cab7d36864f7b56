"""The certificate of a run: who trusts it, and for which names."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest

from local.limits.certificates import Certificates, make_certificates
from local.limits.tls import server_context


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path / "certificates", datetime.datetime.now(datetime.UTC))


def shake_hands(client: ssl.SSLContext, server: ssl.SSLContext, name: str) -> None:
    """Run a handshake in memory; raise what either side refuses."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert all(side.version() for side in sides)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_who_trusts_the_runs_authority_accepts_this_machine(files: Certificates, name: str) -> None:
    client = ssl.create_default_context(cafile=str(files.authority))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    shake_hands(client, server_context(files), name)


def test_another_name_is_refused(files: Certificates) -> None:
    client = ssl.create_default_context(cafile=str(files.authority))
    with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
        shake_hands(client, server_context(files), "login.salesforce.com")


def test_nobody_else_trusts_it(files: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(ssl.create_default_context(), server_context(files), "127.0.0.1")


def test_two_runs_do_not_trust_each_other(files: Certificates, tmp_path: Path) -> None:
    other = make_certificates(tmp_path / "other", datetime.datetime.now(datetime.UTC))
    client = ssl.create_default_context(cafile=str(other.authority))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(client, server_context(files), "127.0.0.1")


def test_nothing_below_tls_1_2_is_spoken(files: Certificates) -> None:
    assert server_context(files).minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_key_is_its_owners_alone(files: Certificates) -> None:
    assert files.key.stat().st_mode & 0o077 == 0
