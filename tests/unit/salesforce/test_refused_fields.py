"""What a refusal names is known, also where it names the way to it."""

from __future__ import annotations

import pytest
from causeway.errors import OrgRefused
from causeway.salesforce.refused_fields import refused_parents, refused_sobjects


@pytest.mark.parametrize(
    ("message", "sobjects", "parents"),
    [
        ("Didn't understand relationship 'ConvertedContact' in field path.", {"Contact"}, set()),
        ("Didn't understand relationship 'ConvertedAccount' in field path.", set(), {"Account"}),
        ("sObject type 'Lead' is not supported.", {"Lead"}, set()),
        ("No such column 'Website' on entity 'Account'.", {"Account"}, {"Account"}),
    ],
)
def test_a_refusal_names_what_is_hidden(message: str, sobjects: set[str], parents: set[str]) -> None:
    error = OrgRefused(message, org_code="INVALID_FIELD")
    assert refused_sobjects(error) == sobjects
    assert refused_parents(error) == parents
