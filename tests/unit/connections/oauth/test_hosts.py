"""The host check: every good form people paste passes, nothing hostile does, and each refusal says what to enter."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from causeway.connections.oauth.hosts import UntrustedAddress, is_sandbox_host, trusted_origin, trusted_path
from causeway.connections.oauth.login_address import LoginAddress, login_address
from causeway.errors import InvalidRequest
from hypothesis import given
from hypothesis import strategies as st

LOOPBACK = ("http://127.0.0.1:8090",)
ACME = "https://acme.my.salesforce.com"

GOOD = {
    "login.salesforce.com": "https://login.salesforce.com",
    "https://login.salesforce.com/": "https://login.salesforce.com",
    "TEST.salesforce.com": "https://test.salesforce.com",
    "https://test.salesforce.com/?locale=de": "https://test.salesforce.com",
    "acme.my.salesforce.com": ACME,
    "  HTTPS://Acme.My.Salesforce.com/lightning/page/home#x  ": ACME,
    "https://acme.my.salesforce.com/secur/login_portal.jsp?orgId=1&x=@y:z": ACME,
    "acme--uat.sandbox.my.salesforce.com": "https://acme--uat.sandbox.my.salesforce.com",
    "acme-dev-ed.develop.my.salesforce.com": "https://acme-dev-ed.develop.my.salesforce.com",
    "acme-dev-ed.my.salesforce.com": "https://acme-dev-ed.my.salesforce.com",
    "ability-inspiration-1234.scratch.my.salesforce.com": "https://ability-inspiration-1234.scratch.my.salesforce.com",
    "acme.trailblaze.my.salesforce.com": "https://acme.trailblaze.my.salesforce.com",
    "acme.demo.my.salesforce.com": "https://acme.demo.my.salesforce.com",
    "acme.free.my.salesforce.com": "https://acme.free.my.salesforce.com",
    "http://127.0.0.1:8090": "http://127.0.0.1:8090",
    "http://127.0.0.1:8090/lightning": "http://127.0.0.1:8090",
}
REWRITTEN = {
    "acme.salesforce.com": ACME,
    "acme.free.lightning.force.com": "https://acme.free.my.salesforce.com",
    "https://acme.lightning.force.com/lightning/o/Lead/list": ACME,
    "acme.lightning.force.com": ACME,
    "acme--uat.sandbox.lightning.force.com": "https://acme--uat.sandbox.my.salesforce.com",
    "acme-dev-ed.develop.lightning.force.com": "https://acme-dev-ed.develop.my.salesforce.com",
    "acme--uat.sandbox.salesforce.com": "https://acme--uat.sandbox.my.salesforce.com",
}
REFUSED = {
    "na139.salesforce.com": "My Domain",
    "https://cs12.salesforce.com/": "My Domain",
    "eu5.lightning.force.com": "My Domain",
    "na139.my.salesforce.com": "My Domain",
    "na1-api.salesforce.com": "My Domain",
    "acme.force.com": "My Domain",
    "acme--c.vf.force.com": "My Domain",
    "acme.my.site.com": "My Domain",
    "www.salesforce.com": "My Domain",
    "salesforce.com": "My Domain",
    "help.salesforce.com": "My Domain",
    "login.lightning.force.com": "My Domain",
    "my.salesforce.com": "My Domain",
    "acme.my.salesforce-setup.com": "acme.my.salesforce.com",
    "http://acme.my.salesforce.com": "https://",
    "acme.my.salesforce.com:443": "without",
    "https://acme.my.salesforce.com:8443/x": "without",
    "https://admin@acme.my.salesforce.com": "login.salesforce.com",
    "https://acme.my.salesforce.com@evil.example": "login.salesforce.com",
    "127.0.0.1": "login.salesforce.com",
    "https://2130706433/": "login.salesforce.com",
    "0x7f.1": "login.salesforce.com",
    "[::1]": "without",
    "http://127.0.0.1:8091": "https://",
    "http://127.0.0.1:80901": "https://",
    "http://127.0.0.1:8090.evil.example": "https://",
    "http://127.0.0.1:8090@evil.example": "https://",
    "localhost": "login.salesforce.com",
    "acme": "login.salesforce.com",
    "acme.my.salesforce.com.evil.example": "login.salesforce.com",
    "salesforce.com.evil.example": "login.salesforce.com",
    "evil.example/acme.my.salesforce.com": "login.salesforce.com",
    "evil.example#.my.salesforce.com": "login.salesforce.com",
    "evil.example?.my.salesforce.com": "login.salesforce.com",
    "evilmysalesforce.com": "login.salesforce.com",
    "acme.my-salesforce.com": "login.salesforce.com",
    "acme.my.salesforce.co": "login.salesforce.com",
    "acme.my.salesforce.com\\@evil.example": "login.salesforce.com",
    "acme.my.salesforce.com\\.evil.example": "login.salesforce.com",
    "acme%2emy.salesforce.com": "login.salesforce.com",
    "acme.my.salesforce.com%00.evil.example": "login.salesforce.com",
    "acme.my.salesforce.com%2f.evil.example": "login.salesforce.com",
    "аcme.my.salesforce.com": "login.salesforce.com",
    "acme.my.salesforce。com": "login.salesforce.com",
    "acme.my.ſalesforce.com": "login.salesforce.com",
    "acme.my\u2028.salesforce.com": "login.salesforce.com",
    "acme .my.salesforce.com": "login.salesforce.com",
    "acme.my.sales\tforce.com": "login.salesforce.com",
    "acme.my.salesforce.com\r\nX: y": "login.salesforce.com",
    "xn--acme-xyz.my.salesforce.com": "My Domain",
    "-acme.my.salesforce.com": "My Domain",
    "acme..my.salesforce.com": "My Domain",
    "acme.evil.my.salesforce.com": "My Domain",
    "acme.my.salesforce.com.": "login.salesforce.com",
    "ftp://acme.my.salesforce.com": "login.salesforce.com",
    "javascript://login.salesforce.com/%0aalert(1)": "login.salesforce.com",
    "//evil.example": "login.salesforce.com",
    "https://": "login.salesforce.com",
    "https:///acme.my.salesforce.com": "login.salesforce.com",
    "a" * 3000: "login.salesforce.com",
    "a" * 64 + ".my.salesforce.com": "My Domain",
}


@pytest.mark.parametrize(("typed", "origin"), GOOD.items())
def test_good_forms_pass_as_they_are(typed: str, origin: str) -> None:
    assert login_address(typed, loopback=LOOPBACK) == LoginAddress(origin)


@pytest.mark.parametrize(("typed", "origin"), REWRITTEN.items())
def test_other_forms_of_a_my_domain_become_it_and_are_shown_first(typed: str, origin: str) -> None:
    assert login_address(typed) == LoginAddress(origin, changed=True)


@pytest.mark.parametrize(("typed", "said"), REFUSED.items())
def test_everything_else_is_refused_with_what_to_enter_instead(typed: str, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        login_address(typed, loopback=LOOPBACK)
    assert refused.value.message.endswith(".")
    assert said in refused.value.remedy
    assert refused.value.fields == ("salesforce_url",)


ALL = ("standard", "government", "china")
OTHER_CLOUDS = {
    "agency.my.salesforce.mil": "https://agency.my.salesforce.mil",
    "agency--uat.sandbox.my.salesforce.mil": "https://agency--uat.sandbox.my.salesforce.mil",
    "https://agency.lightning.crmforce.mil/lightning/page/home": "https://agency.my.salesforce.mil",
    "agency.lightning.force.mil": "https://agency.my.salesforce.mil",
    "agency.salesforce.mil": "https://agency.my.salesforce.mil",
    "login.salesforce.mil": "https://login.salesforce.mil",
    "acme.my.sfcrmproducts.cn": "https://acme.my.sfcrmproducts.cn",
    "acme--uat.sandbox.my.sfcrmproducts.cn": "https://acme--uat.sandbox.my.sfcrmproducts.cn",
    "acme.lightning.sfcrmapps.cn": "https://acme.my.sfcrmproducts.cn",
}


@pytest.mark.parametrize(("typed", "origin"), OTHER_CLOUDS.items())
def test_orgs_of_another_cloud_pass_where_the_deployment_serves_it(typed: str, origin: str) -> None:
    assert login_address(typed, clouds=ALL).origin == origin
    assert trusted_origin(origin, clouds=ALL) == origin


@pytest.mark.parametrize("typed", [*OTHER_CLOUDS, "agency.my.site.crmforce.mil", "acme.sfcrmproducts.cn"])
def test_elsewhere_the_sentence_names_the_cloud_and_the_parameter(typed: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        login_address(typed)
    assert "which this connector is not set up for" in refused.value.message
    assert "Government Cloud" in refused.value.message or "China" in refused.value.message
    assert "SalesforceClouds" in refused.value.remedy


@pytest.mark.parametrize("origin", sorted(set(OTHER_CLOUDS.values())))
def test_no_answer_leads_into_a_cloud_that_is_not_served(origin: str) -> None:
    with pytest.raises(UntrustedAddress):
        trusted_origin(origin)


def test_a_deployment_for_one_cloud_refuses_the_standard_one_and_begins_at_its_own_login() -> None:
    with pytest.raises(InvalidRequest, match="standard cloud"):
        login_address("acme.my.salesforce.com", clouds=("government",))
    assert login_address("", "sandbox", clouds=("government",)).origin == "https://test.salesforce.mil"


@pytest.mark.parametrize("typed", ["agency.my.site.crmforce.mil", "www.salesforce.mil"])
def test_other_pages_of_a_served_cloud_say_how_to_find_the_my_domain_there(typed: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        login_address(typed, clouds=ALL)
    assert "acme.my.salesforce.mil" in refused.value.remedy


@pytest.mark.parametrize(("environment", "login"), [("production", "login"), ("sandbox", "test")])
def test_the_welcome_page_leads_to_the_login_host(environment: str, login: str) -> None:
    found = login_address("https://welcome.salesforce.com/discover", environment)
    assert found == LoginAddress(f"https://{login}.salesforce.com", changed=True)


@pytest.mark.parametrize(
    "host", ["agency.my.salesforce.mil.evil.example", "agencymy.salesforce.mil", "x.my.salesforce.cn"]
)
def test_look_alikes_of_another_cloud_are_never_trusted(host: str) -> None:
    with pytest.raises(UntrustedAddress):
        trusted_origin(f"https://{host}", clouds=ALL)


def test_without_an_address_the_environment_decides() -> None:
    assert login_address("").origin == "https://login.salesforce.com"
    assert login_address(" ", "sandbox").origin == "https://test.salesforce.com"


def test_loopback_is_refused_where_it_is_not_listed() -> None:
    with pytest.raises(InvalidRequest):
        login_address("http://127.0.0.1:8090")
    with pytest.raises(UntrustedAddress):
        trusted_origin("http://127.0.0.1:8090")


@pytest.mark.parametrize("typed", [*REFUSED, *REWRITTEN, "http://acme.my.salesforce.com", ""])
def test_what_salesforce_returns_passes_the_same_check_and_is_never_rewritten(typed: str) -> None:
    if typed in ("na139.my.salesforce.com",):
        return
    for address in (typed, f"https://{typed}"):
        with pytest.raises(UntrustedAddress):
            trusted_origin(address, ("http://127.0.0.1:9999",))


@pytest.mark.parametrize("address", [f"{ACME}/id/00D/005", ACME, "https://login.salesforce.com/id/00D1/0051"])
def test_salesforces_own_addresses_pass(address: str) -> None:
    assert trusted_origin(address) == "/".join(address.split("/")[:3])


HOST_PARTS = [
    "acme",
    "my",
    "salesforce",
    "com",
    "evil",
    "example",
    "login",
    "test",
    "force",
    "lightning",
    "sandbox",
    "127",
]
SIGNS = [*".@:/\\?#%[]-_ \t\r\n&=", "%2e", "%40", "%00", "://", "//", "..", "\u3002", "\uff0e", "\u2044", "ı", "\u212a"]


def a_mutant(rng: random.Random) -> str:
    """Return a hostile address: good ones cut, joined and sprinkled with what parsers disagree about."""
    parts = [rng.choice([*HOST_PARTS, *SIGNS, *GOOD, rng.choice(string.printable)]) for _ in range(rng.randint(1, 12))]
    joint = rng.choice(["", "", ".", ".", "@", "/", "\\"])
    return rng.choice(["", "https://", "http://", "HTTPS:\\\\", "//"]) + joint.join(parts)


def is_salesforce(origin: str) -> bool:
    """The oracle, by another parser: https on a Salesforce host, nothing else in the authority; or the listed loopback."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    host = parts.hostname or ""
    own = host in ("login.salesforce.com", "test.salesforce.com") or host.endswith(".my.salesforce.com")
    plain = (
        parts.netloc == host
        and not parts.path
        and all(sign in string.ascii_lowercase + string.digits + "-." for sign in host)
    )
    return origin in LOOPBACK or (parts.scheme == "https" and own and plain)


def _typed(address: str) -> str:
    return login_address(address, loopback=LOOPBACK).origin


def _returned(address: str) -> str:
    return trusted_origin(address, LOOPBACK)


def passed_and_wrong(check: Callable[[str], str], tries: int) -> tuple[int, list[str]]:
    """Return how many hostile addresses a check accepted, and those of them that lead elsewhere."""
    rng, passed, wrong = random.Random(20260511), 0, []
    for _ in range(tries):
        address = a_mutant(rng)
        try:
            origin = check(address)
        except (InvalidRequest, UntrustedAddress):
            continue
        passed += 1
        if not is_salesforce(origin):
            wrong.append(address)
    return passed, wrong


@pytest.mark.parametrize("check", [_typed, _returned])
def test_no_hostile_address_is_let_through(check: Callable[[str], str]) -> None:
    passed, wrong = passed_and_wrong(check, 60_000)
    assert wrong == []
    assert passed > 200  # the run also meets good ones, or it would prove nothing


def test_the_fuzz_finds_a_check_that_is_not_anchored() -> None:
    def careless(address: str) -> str:
        if not re.match(r"https://[^/]*\.my\.salesforce\.com", address):
            raise UntrustedAddress("no")
        return address

    assert passed_and_wrong(careless, 60_000)[1]


@given(st.text(max_size=60))
def test_any_text_is_accepted_or_refused_and_nothing_else(text: str) -> None:
    for good in ("", "acme.my.salesforce.com", "https://login.salesforce.com/"):
        try:
            assert is_salesforce(login_address(good + text).origin)
        except InvalidRequest:
            continue


GOOD_PATHS = [
    "/services/data/v66.0/query/01g5e00001Abc-2000",
    "/services/data/v66.0/jobs/query/7501x/results?locator=MTAw&maxRecords=5",
]
BAD_PATHS = [
    "//evil.example/services/",
    "https://evil.example/services/data",
    "/id/00D/005",
    "services/data",
    "/services/../setup",
    "/services/%2e%2e/setup",
    "/services/data\\..\\x",
    "/services/data/v66.0/query/x\r\nHost: evil",
    "/services//data",
    "/services/data/@evil",
    "",
    ACME + ".evil.example/services/data",
]


@pytest.mark.parametrize("path", GOOD_PATHS)
def test_locations_of_the_org_are_followed_relative_or_on_its_own_origin(path: str) -> None:
    assert trusted_path(path, ACME) == path
    assert trusted_path(ACME + path, ACME) == path


@pytest.mark.parametrize("path", BAD_PATHS)
def test_locations_elsewhere_are_not_followed(path: str) -> None:
    with pytest.raises(UntrustedAddress):
        trusted_path(path, ACME)


def test_sandboxes_are_known_by_their_host() -> None:
    assert is_sandbox_host("https://test.salesforce.com")
    assert is_sandbox_host("https://acme--uat.sandbox.my.salesforce.com")
    assert not is_sandbox_host(ACME)
