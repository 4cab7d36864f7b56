"""Connect links: signed, readable by their holder, refused when changed, too old or made elsewhere."""

from __future__ import annotations

import base64
import hashlib

import pytest
from causeway.connections.access.encoding import decoded, digest, encoded
from causeway.connections.access.links import ConnectLink, ConnectLinkRequest, LinkRefused, read_link, signed_link
from causeway.connections.oauth.pkce import pkce_challenge, pkce_verifier
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

KEY = b"k" * 64
LINK = ConnectLink("id-1", "acme", "ada@acme.example", "manager", 1_000, "https://login.salesforce.com")
TEXT = signed_link(LINK, KEY)


def test_a_link_reads_back_as_it_was_signed() -> None:
    assert read_link(TEXT, KEY, now_ms=999) == LINK


def test_a_link_is_refused_from_the_moment_it_expires() -> None:
    with pytest.raises(LinkRefused, match="expired"):
        read_link(TEXT, KEY, now_ms=1_000)


def test_a_link_of_another_deployment_is_refused() -> None:
    with pytest.raises(LinkRefused, match="not valid"):
        read_link(signed_link(LINK, b"another key"), KEY, now_ms=0)


@pytest.mark.parametrize("place", range(0, len(TEXT), 3))
def test_a_link_with_one_character_changed_is_refused(place: int) -> None:
    changed = "A" if TEXT[place] != "A" else "B"
    with pytest.raises(LinkRefused):
        read_link(TEXT[:place] + changed + TEXT[place + 1 :], KEY, now_ms=0)


def test_another_tenant_can_not_be_put_into_a_signed_link() -> None:
    payload, mac = TEXT.split(".")
    forged = encoded(decoded(payload).replace(b'"acme"', b'"evil"'))
    with pytest.raises(LinkRefused):
        read_link(f"{forged}.{mac}", KEY, now_ms=0)


@given(st.text(max_size=200))
def test_no_other_text_is_a_link(text: str) -> None:
    with pytest.raises(LinkRefused):
        read_link(text, KEY, now_ms=0)


def test_what_signs_links_makes_no_verifier_that_passes_for_one() -> None:
    payload = TEXT.split(".")[0]
    with pytest.raises(LinkRefused):
        read_link(f"{payload}.{pkce_verifier(decoded(payload).decode(), KEY)}", KEY, now_ms=0)


def test_the_verifier_is_43_unreserved_characters_and_the_challenge_is_its_sha256() -> None:
    verifier = pkce_verifier("state", KEY)
    assert len(verifier) == 43
    expected = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert pkce_challenge(verifier) == expected
    assert pkce_verifier("another state", KEY) != verifier


def test_a_digest_is_not_the_secret() -> None:
    assert digest("secret") == hashlib.sha256(b"secret").hexdigest()


@pytest.mark.parametrize("role", ["viewer", "admin", ""])
def test_only_roles_that_may_connect_get_a_link(role: str) -> None:
    with pytest.raises(ValidationError):
        ConnectLinkRequest.model_validate({"user": "ada", "role": role})


def test_an_unknown_key_of_a_request_is_refused() -> None:
    with pytest.raises(ValidationError):
        ConnectLinkRequest.model_validate({"user": "ada", "role": "manager", "salesforce_ur1": "x"})
