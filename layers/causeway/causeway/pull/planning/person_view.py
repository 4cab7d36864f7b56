"""Whom a pulled record is about: the person, account and owner data that the product receives (docs/messages.md). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from causeway.syncs.people.person_data import account_of, owner_of, person_data

type Row = Mapping[str, Any]


class PersonView(NamedTuple):
    """The names that docs/messages.md lists for account and owner data, and the account and owner as signals see them."""

    data: dict[str, Any]
    account: Row | None = None
    owner: Row | None = None


NOBODY = PersonView({})


def person_view(lead: Row | None, contact: Row | None, named: Iterable[Row] = ()) -> PersonView:
    """Return the view of a lead and a contact; `named` are the accounts of the company's name."""
    account, owner = account_of(lead, contact, named), owner_of(lead, contact)
    return PersonView(person_data(lead, contact, account, owner), account, owner)
