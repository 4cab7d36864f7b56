"""When a pull looks at what the connected user sees of other sObjects."""

from __future__ import annotations

import pytest
from causeway.errors import OrgRefused
from causeway.pull.planning.describes import RelatedDescribes
from causeway.pull.reading.interruptions import Cancelled
from causeway.salesforce.describe import SObjectDescribe

from tests.support.pull.org import START_MS, FakeOrg, contact_describe, described

NO_WEBSITE = "No such column 'Website' on entity 'Account'."


class Org(FakeOrg):
    """An org that counts which describes it is asked for; a cached one may be older than what the org says."""

    def __init__(self, **cached: SObjectDescribe | None) -> None:
        super().__init__(contact_describe(), START_MS)
        self.asked: list[str] = []
        self.cached = cached

    def parent_described(self, sobject: str, *, fresh: bool = False) -> SObjectDescribe | None:
        self.asked.append(f"{sobject} anew" if fresh else sobject)
        return self.cached[sobject] if sobject in self.cached and not fresh else self.parents[sobject]


def go_on() -> None:
    """Nothing stops the run."""


def refused(message: str) -> OrgRefused:
    return OrgRefused(message, org_code="INVALID_FIELD")


def test_nothing_is_asked_for_until_something_is_refused_and_each_sobject_once() -> None:
    org = Org()
    describes = RelatedDescribes(org, go_on)
    assert org.asked == []
    assert describes.learn(refused(NO_WEBSITE))
    assert describes.of("Account") is not None
    assert org.asked == ["Account"]


def test_what_the_last_run_was_refused_is_looked_at_first() -> None:
    org = Org(Account=described("Account", "Name", "OwnerId"))
    assert (RelatedDescribes(org, go_on, ["Account"]).hidden, org.asked) == (("Account",), ["Account"])


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (NO_WEBSITE, ["Account"]),
        ("Didn't understand relationship 'ConvertedAccount' in field path.", ["Account"]),
        ("No such column 'IsActive' on entity 'Name'.", ["Account", "User"]),
        ("No such column 'Size__c' on entity 'Contact'.", []),
        ("sObject type 'Lead' is not supported.", []),
    ],
)
def test_what_is_looked_at_follows_the_words_of_the_refusal(message: str, asked: list[str]) -> None:
    org = Org()
    assert (RelatedDescribes(org, go_on).learn(refused(message)), org.asked) == (bool(asked), asked)


@pytest.mark.parametrize(
    "message", ["No such column 'Email' on entity 'Lead'.", "sObject type 'Lead' is not supported."]
)
def test_an_sobject_that_is_known_is_read_anew_when_it_is_refused(message: str) -> None:
    org = Org()
    describes = RelatedDescribes(org, go_on)
    describes.of("Lead")
    assert describes.learn(refused(message))
    assert org.asked == ["Lead", "Lead anew"]


def test_a_refusal_that_a_describe_of_this_moment_does_not_explain_is_not_asked_about_again() -> None:
    org = Org(Account=described("Account", "Name"))
    describes = RelatedDescribes(org, go_on)
    assert [describes.learn(refused(NO_WEBSITE)) for _ in range(3)] == [True, True, False]
    assert org.asked == ["Account", "Account anew"]
    assert describes.hidden == ()


def test_a_run_that_was_stopped_looks_at_nothing_more() -> None:
    def stop() -> None:
        raise Cancelled

    org = Org()
    with pytest.raises(Cancelled):
        RelatedDescribes(org, stop).learn(refused(NO_WEBSITE))
    assert org.asked == []
