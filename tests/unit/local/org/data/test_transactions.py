"""Transactions: undone as a whole, seen late by others, and rows that somebody else holds."""

from __future__ import annotations

from contextlib import suppress

from local.org.data.storage.visibility import View
from local.org.data.store import Store
from tests.support.org.data import NOON, StoppedClock, User, a_contact, an_org_store, codes, created, row_of, the_user


class Stop(Exception):
    """Raised by a test inside a transaction."""


def clock_of(store: Store) -> StoppedClock:
    assert isinstance(store.clock, StoppedClock)
    return store.clock


def ids(view: View) -> list[str]:
    return [str(row["Id"]) for row in view.rows("Contact")]


def test_an_exception_undoes_everything_the_indices_included() -> None:
    store = an_org_store()
    known = created(store, "Contact", **a_contact())
    with suppress(Stop), store.transaction(None):
        store.update(None, "Contact", known, {"Email": "new@example.com"})
        created(store, "Contact", LastName="Byron", Email="byron@example.com")
        raise Stop
    view = store.view(None)
    assert list(view.find("Contact", "Email", ["new@example.com", "byron@example.com"]) or []) == []
    assert [row["Id"] for row in view.find("Contact", "Email", ["ada@example.com"]) or []] == [known]


def test_an_inner_failure_undoes_only_its_own_part() -> None:
    store = an_org_store()
    with store.transaction(None):
        created(store, "Contact", **a_contact())
        assert not store.create(None, "Contact", {"FirstName": "Nobody"}).success
    assert len(ids(store.view(None))) == 1


def test_effects_are_reported_once_committed_and_never_when_undone() -> None:
    told: list[str] = []
    store = an_org_store()
    store._on_effect = lambda action, sobject, record_id, values: told.append(action)
    with suppress(Stop), store.transaction(None):
        created(store, "Contact", **a_contact())
        raise Stop
    assert told == []
    contact = created(store, "Contact", **a_contact())
    store.update(None, "Contact", contact, {"Title": "CEO"})
    store.delete(None, "Contact", contact)
    assert told == ["created", "updated", "deleted"]


def late_store() -> tuple[Store, User, User]:
    store = an_org_store(commit_delay_s=300.0)
    return store, the_user(store), the_user(store, "jane@northwind.example")


def test_a_new_record_is_seen_by_others_only_later_with_its_earlier_stamp() -> None:
    """Source: Object Reference, system fields: stamps are assigned at save, rows appear at commit, up to 10 minutes later."""
    store, admin, jane = late_store()
    contact = str(store.create(admin, "Contact", a_contact()).id)
    assert ids(store.view(jane)) == []
    assert store.view(jane).row(contact) is None
    assert list(store.view(jane).find("Contact", "Email", ["ada@example.com"]) or []) == []
    clock_of(store).advance(299)
    assert ids(store.view(jane)) == []
    clock_of(store).advance(1)
    assert ids(store.view(jane)) == [contact]
    assert row_of(store, contact)["SystemModstamp"] == NOON


def test_a_caller_sees_its_own_answered_write_at_once() -> None:
    store, admin, _ = late_store()
    contact = str(store.create(admin, "Contact", a_contact()).id)
    assert ids(store.view(admin)) == [contact]


def test_others_see_the_row_as_it_was_until_the_change_is_committed() -> None:
    store, admin, jane = late_store()
    contact = store.load("Contact", [a_contact()])[0]
    store.update(admin, "Contact", contact, {"Email": "new@example.com"})
    view = store.view(jane)
    assert [row["Email"] for row in view.rows("Contact")] == ["ada@example.com"]
    assert [row["Id"] for row in view.find("Contact", "Email", ["ada@example.com"]) or []] == [contact]
    assert list(view.find("Contact", "Email", ["new@example.com"]) or []) == []
    clock_of(store).advance(301)
    assert [row["Email"] for row in store.view(jane).rows("Contact")] == ["new@example.com"]


def test_a_deletion_is_seen_late_too() -> None:
    store, admin, jane = late_store()
    contact = store.load("Contact", [a_contact()])[0]
    store.delete(admin, "Contact", contact)
    assert ids(store.view(jane)) == [contact]
    clock_of(store).advance(301)
    assert ids(store.view(jane)) == []


def test_no_commit_is_more_than_ten_minutes_late() -> None:
    """Source: limits cheat sheet: a REST request runs for ten minutes at most."""
    store = an_org_store(commit_delay_s=86_400.0)
    store.create(the_user(store), "Contact", a_contact())
    clock_of(store).advance(600)
    assert len(ids(store.view(the_user(store, "jane@northwind.example")))) == 1


def test_loaded_records_may_be_late_on_request() -> None:
    store = an_org_store()
    store.load("Contact", [a_contact()], commit_delay_s=60)
    assert ids(store.view(the_user(store))) == []
    clock_of(store).advance(60)
    assert len(ids(store.view(the_user(store)))) == 1


def test_an_uncommitted_row_is_locked_for_others() -> None:
    """Source: status codes of the REST API guide, captured answers: UNABLE_TO_LOCK_ROW."""
    store, admin, jane = late_store()
    contact = store.load("Contact", [a_contact()])[0]
    assert store.update(admin, "Contact", contact, {"Title": "CEO"}).success
    assert codes(store.update(jane, "Contact", contact, {"Title": "CTO"})) == ["UNABLE_TO_LOCK_ROW"]
    assert store.update(admin, "Contact", contact, {"Title": "CFO"}).success


def test_a_held_row_refuses_saves_until_it_is_let_go() -> None:
    store = an_org_store()
    contact = created(store, "Contact", **a_contact())
    store.lock_rows([contact[:15]], 10)
    result = store.update(None, "Contact", contact, {"Title": "CEO"})
    assert codes(result) == ["UNABLE_TO_LOCK_ROW"]
    assert result.failures[0].message == f"unable to obtain exclusive access to this record or 1 records: {contact}"
    clock_of(store).advance(10)
    assert store.update(None, "Contact", contact, {"Title": "CEO"}).success


def test_a_held_account_refuses_saves_of_its_contacts() -> None:
    """Source: record locking cheat sheet: saving a contact locks its account."""
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    store.lock_rows([account], 10)
    assert codes(store.update(None, "Contact", contact, {"Title": "CEO"})) == ["UNABLE_TO_LOCK_ROW"]
    assert codes(store.create(None, "Contact", {"LastName": "Byron", "AccountId": account})) == ["UNABLE_TO_LOCK_ROW"]


def test_duplicate_rules_do_not_see_what_is_not_committed() -> None:
    """Two transactions that overlap create the same person twice: what connectors must guard against by themselves."""
    store, admin, jane = late_store()
    assert store.create(admin, "Contact", a_contact()).success
    assert codes(store.create(admin, "Contact", a_contact())) == ["DUPLICATES_DETECTED"]
    assert store.create(jane, "Contact", a_contact()).success


def test_a_reference_is_found_by_either_length_of_its_id() -> None:
    store = an_org_store()
    account = created(store, "Account", Name="Acme")
    contact = created(store, "Contact", **a_contact(AccountId=account))
    for value in (account, account[:15]):
        assert [row["Id"] for row in store.view(None).find("Contact", "AccountId", [value]) or []] == [contact]
        assert [row["Id"] for row in store.view(None).find("Account", "Id", [value]) or []] == [account]
    assert store.view(None).find("Contact", "Title", ["CEO"]) is None
