"""The save check knows the describes of all that a push looks for parents in."""

from __future__ import annotations

import pytest
from causeway.salesforce.describe import SObjectDescribe, describe_from_json
from causeway.syncs.checks.org_check import OrgCheck, cached_problems
from causeway.syncs.discovery.product_fields import ProductField
from causeway.syncs.sync import Mapping

from tests.support.api.factories import a_describe, a_field, a_sync

OWNER = a_field("OwnerId", "reference", relationshipName="Owner", referenceTo=["Group", "User"])
LEAD = a_describe("Lead", a_field("Id", "id"), a_field("LastName"), OWNER)
USER = a_describe(
    "User", a_field("Id", "id"), a_field("Username", unique=True), a_field("Email", "email"), a_field("Title")
)


class Org:
    """Describes of leads and users, and nothing that a product sends or a run reads."""

    def described(self, tenant: str, sobject: str) -> SObjectDescribe:
        return describe_from_json({"Lead": LEAD, "User": USER}[sobject])

    described_now = described

    def known_at_ms(self, tenant: str, sobject: str) -> int:
        return 0

    def get(self, tenant: str, source: str) -> list[ProductField]:
        return []


@pytest.mark.parametrize(
    ("path", "is_found"), [("Owner.Username", True), ("Owner.Email", True), ("Owner.Title", False)]
)
def test_an_owner_who_may_be_a_queue_is_found_by_what_one_user_alone_has(path: str, *, is_found: bool) -> None:
    leads = a_sync(id="lead-lead", sobject="Lead", mappings=(Mapping(product="owner", salesforce=path),))
    org = OrgCheck("acme", Org(), Org(), lambda tenant, sync, describe, related: ())
    codes = {problem.code for problem in cached_problems(leads, (), org)}
    assert ("relationship_not_pushable" not in codes) is is_found
