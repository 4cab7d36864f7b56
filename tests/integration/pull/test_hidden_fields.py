"""What the user may not read of an account, an owner or other people costs a pull that field's data, not the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from causeway.errors import BrokenMapping, OrgRefused
from causeway.pull.endings import Ended
from causeway.pull.jobs import QueryPage
from causeway.pull.reading import bulk
from causeway.syncs.sync import PullRules, Sync

from tests.support.pull.factories import a_pull
from tests.support.pull.world import PullWorld, pull_world
from tests.support.push.world import TENANT

NAME = ("last_name", "LastName")
HIDDEN = {"read": False, "edit": False}
NO_ACCESS = {"read": False, "create": False, "edit": False, "delete": False}
MINE = {"read": True, "edit": True}
REP = {"assigned_sales_rep_id", "assigned_sales_rep_name", "assigned_sales_rep_email"}
ACCOUNT_OWNER = {"account_owner_name", "account_owner_email"}
HIDDEN_AND_GONE = [
    ("Account.Website", {"account_website"}),
    ("Account", {"account_name", "account_website", "account_owner_id", *ACCOUNT_OWNER}),
    ("User.Email", {"account_owner_email", "assigned_sales_rep_email"}),
    ("User.IsActive", REP),  # only an active user is published
    ("User", {*ACCOUNT_OWNER, *REP}),
]
SHOWN_BY_LEADS = (
    "leads",
    "User.IsActive",
)  # a lead's owner may be a queue: Salesforce shows less of users, and hides less


@pytest.fixture
def w() -> Iterator[PullWorld]:
    with pull_world(a_pull(NAME), a_pull(NAME, sync_id="leads", sobject="Lead")) as made:
        yield made


def use(w: PullWorld, *syncs: Sync) -> None:
    w.syncs.by_tenant[TENANT] = list(syncs)


def hide(w: PullWorld, *names: str, rights: dict[str, bool] = HIDDEN, is_known: bool = True) -> None:
    """Hide fields (Account.Website) and sObjects (Account); unless `is_known`, remembered describes still show them."""
    fields = {name: rights for name in names if "." in name}
    sobjects = {name: NO_ACCESS for name in names if "." not in name}
    w.control("POST", "schema", {"permissions": {"admin@northwind.example": {"fields": fields, "objects": sobjects}}})
    if is_known:
        w._describes.clear()


def load_people(w: PullWorld, count: int = 1) -> list[str]:
    (account,) = w.load("Account", {"Name": "Acme", "Website": "acme.example"})
    contact = {"LastName": "Lovelace", "Email": "ada@example.com", "AccountId": account}
    ids = w.load("Contact", *(contact | {"Email": f"{number}{contact['Email']}"} for number in range(count)))
    (lead,) = w.load("Lead", {"LastName": "Lovelace", "Company": "Acme", "Email": "0ada@example.com"})
    w.control("POST", f"leads/{lead}/convert", {"contact_id": ids[0], "account_id": account})
    w.pass_time(60)
    return ids


def pulled_anew(w: PullWorld, sync: str) -> dict[str, Any]:
    """Return the one record of a first import."""
    w.checkpoints.stored.clear()
    record: dict[str, Any] = max(w.pull(sync), key=lambda record: bool(record["data"]["salesforce_account_website"]))
    return record


def missing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name.removeprefix("salesforce_") for name, value in before.items() if value and not after[name]}


# ── account and owner data ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("hidden", "gone"), HIDDEN_AND_GONE)
@pytest.mark.parametrize("sync", ["people", "leads"])
def test_what_is_hidden_of_account_and_owner_is_missing_in_the_data_alone(
    w: PullWorld, sync: str, hidden: str, gone: set[str]
) -> None:
    load_people(w)
    before = pulled_anew(w, sync)
    hide(w, hidden)
    after = pulled_anew(w, sync)
    assert missing(before["data"], after["data"]) == (gone if (sync, hidden) != SHOWN_BY_LEADS else set())
    assert after["values"] == before["values"]


@pytest.mark.parametrize(("hidden", "gone"), HIDDEN_AND_GONE)
def test_what_was_hidden_a_moment_ago_is_found_out_by_the_refusal(w: PullWorld, hidden: str, gone: set[str]) -> None:
    load_people(w)
    before = pulled_anew(w, "people")
    for sobject in ("Account", "User"):
        w.described(TENANT, sobject)
    hide(w, hidden, is_known=False)
    assert missing(before["data"], pulled_anew(w, "people")["data"]) == gone


def test_once_something_was_refused_the_next_runs_look_first_and_are_refused_nothing(w: PullWorld) -> None:
    ids = load_people(w)
    hide(w, "Account.Website")
    w.pull("people")
    for _ in range(2):
        w.edit("Contact", ids[0], Phone="42")
        w.pass_time(60)
        w.calls()
        assert len(w.pull("people")) == 1
        assert w.calls() == {"describe": 1, "query_all": 1}  # accounts were described a moment ago


def test_what_is_shown_again_is_published_again_and_no_longer_described(w: PullWorld) -> None:
    ids = load_people(w)
    hide(w, "Account.Website")
    w.pull("people")
    hide(w, "Account.Website", rights=MINE)
    w.edit("Contact", ids[0], Phone="42")
    w.pass_time(60)
    (record,) = w.pull("people")
    assert record["data"]["salesforce_account_website"] == "acme.example"
    w._describes.clear()
    w.pass_time(60)
    w.calls()
    w.pull("people")
    assert w.calls() == {"describe": 1, "query_all": 1}


def test_a_run_that_is_refused_something_halfway_goes_on_after_the_page_that_it_stored(
    w: PullWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = load_people(w, 5)
    real = w.pulling

    def pulling(connection: Any) -> Any:
        org = real(connection)
        query = org.query

        def two_rows(soql: str, *, with_deleted: bool) -> Any:
            page = query(soql, with_deleted=with_deleted)
            return QueryPage(page.rows[:2], "next") if "Id > '" not in soql else page

        def hidden_by_now(next_url: str) -> Callable[[], Any]:
            hide(w, "Account.Website")
            return lambda: query("SELECT Id, Account.Website FROM Contact", with_deleted=False)

        org.query, org.ahead = two_rows, hidden_by_now  # type: ignore[method-assign]  # this org answers otherwise
        return org

    assert w.run("people", org_of=pulling) is Ended.HANDED_OVER
    kept = [record["salesforce_id"] for record in w.received()]
    assert w.run("people", w.queues.jobs.pop(0)[0], org_of=pulling) is Ended.DONE
    rest = w.received()
    assert sorted([*kept, *(record["salesforce_id"] for record in rest)]) == sorted(ids)
    assert {record["data"]["salesforce_account_website"] for record in rest} == {None}


def test_large_imports_go_by_bulk_without_what_is_hidden(w: PullWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BULK_ROWS", 10)
    load_people(w, 30)
    hide(w, "Account.Website")
    w.calls()
    assert len(w.pull("people")) == 30
    assert w.calls().get("bulk_query", 0) >= 3


def test_a_bulk_query_under_way_goes_on_with_what_it_selected_though_more_is_shown_by_now(
    w: PullWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "BULK_ROWS", 10)
    load_people(w, 30)
    hide(w, "Account.Website")
    real, answers = w.pulling, iter([False])

    def pulling(connection: Any) -> Any:
        org = real(connection)
        complete = org.bulk_is_complete
        org.bulk_is_complete = lambda job: next(answers, True) and complete(job)  # type: ignore[method-assign]  # this org answers otherwise
        return org

    assert w.run("people", org_of=pulling) is Ended.HANDED_OVER
    hide(w, "Account.Website", rights=MINE)
    ended = w.run("people", w.queues.jobs.pop(0)[0])
    while ended is Ended.HANDED_OVER:
        ended = w.run("people", w.queues.jobs.pop(0)[0])
    records = w.received()
    assert (ended, len(records)) == (Ended.DONE, 30)
    assert {record["data"]["salesforce_account_website"] for record in records} == {None}
    assert {record["data"]["salesforce_account_name"] for record in records} == {"Acme"}


# ── what the rule names ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("hidden", ["Account.Website", "Account"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_mapped_field_that_is_hidden_is_reported_and_the_rest_goes_on(
    w: PullWorld, hidden: str, is_known: bool
) -> None:
    use(w, a_pull(NAME, ("website", "Account.Website")))
    load_people(w)
    w.described(TENANT, "Account")
    hide(w, hidden, is_known=is_known)
    (record,) = w.pull("people")
    assert record["values"] == {"last_name": "Lovelace", "email": "0ada@example.com"}
    assert {(problem.code, problem.field) for problem in w.runs.problems} == {("field_not_readable", "Account.Website")}


@pytest.mark.parametrize("hidden", ["Account.Website", "Account"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_filter_over_what_is_hidden_reads_nothing_and_says_why(w: PullWorld, hidden: str, is_known: bool) -> None:
    rule = {"all": [{"field": "Account.Website", "operator": "contains", "value": "acme"}]}
    use(w, a_pull(NAME, pull=PullRules(filter=rule)))
    load_people(w)
    w.described(TENANT, "Account")
    hide(w, hidden, is_known=is_known)
    with pytest.raises((BrokenMapping, OrgRefused), match="Account"):
        w.run("people")
    assert w.received() == []
    assert w.runs.statuses["run-1"] == "failed"


# ── whom a look-up finds ──────────────────────────────────────────────────────────────────────────────────────────


def enriched(w: PullWorld, sobject: str = "Contact") -> None:
    use(w, a_pull(NAME, sync_id="people", sobject=sobject, pull=PullRules(enrich=True)))


@pytest.mark.parametrize(("hidden", "gone"), HIDDEN_AND_GONE)
def test_a_look_up_goes_without_what_is_hidden_too(w: PullWorld, hidden: str, gone: set[str]) -> None:
    enriched(w)
    load_people(w)
    before = pulled_anew(w, "people")
    hide(w, hidden)
    assert missing(before["data"], pulled_anew(w, "people")["data"]) == gone


def test_an_account_of_the_companys_name_is_published_without_what_is_hidden_of_its_owner(w: PullWorld) -> None:
    enriched(w, "Lead")
    w.load("Account", {"Name": "Acme"})
    w.load("Lead", {"LastName": "Lovelace", "Company": "Acme"})
    w.pass_time(60)
    before = pulled_anew(w, "people")
    hide(w, "User.Email")
    assert "account_owner_email" in missing(before["data"], pulled_anew(w, "people")["data"])


@pytest.mark.parametrize(
    ("sobject", "hidden"),
    [
        ("Contact", ("Lead.Email",)),
        ("Contact", ("Lead",)),
        ("Contact", ("Contact.Email",)),
        ("Lead", ("Contact.Email",)),
        ("Lead", ("Contact", "Account", "User")),
        ("Lead", ("Contact.AccountId", "Account.Website")),
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_look_up_goes_without_people_who_cannot_be_looked_for(
    w: PullWorld, sobject: str, hidden: Sequence[str], is_known: bool
) -> None:
    enriched(w, sobject)
    load_people(w)
    for name in ("Contact", "Lead", "Account", "User"):
        w.described(TENANT, name)
    hide(w, *hidden, is_known=is_known)
    assert len(w.pull("people")) == 1


def test_a_look_up_that_was_refused_something_is_made_again_once_for_all_pages(w: PullWorld) -> None:
    enriched(w)
    w.load("Contact", *({"LastName": "L", "Email": f"{number}@example.com"} for number in range(4_100)))
    w.pass_time(60)
    hide(w, "Account.Website", "Contact.AccountId")  # only the accounts of leads are asked for
    w.calls()
    assert len(w.pull("people")) == 4_100
    calls = w.calls()
    assert (calls["query"], calls["composite"]) == (2, 3 + 1)  # the count and the first page were asked for once
