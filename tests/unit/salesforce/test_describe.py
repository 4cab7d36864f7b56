"""The trimmed describe."""

from __future__ import annotations

import json

from causeway.salesforce.describe import FieldDescribe, compact, describe_from_compact, describe_from_json

from tests.support.syncs.factories import contact, field, lookup, picklist

RAW = {
    "name": "Contact",
    "label": "Person",
    "keyPrefix": "003",
    "createable": True,
    "updateable": False,
    "queryable": True,
    "replicateable": True,
    "custom": False,
    "childRelationships": [{"childSObject": "Case"}],
    "recordTypeInfos": [
        {
            "recordTypeId": "012000000000001AAA",
            "name": "Customer",
            "developerName": "Customer",
            "available": True,
            "active": True,
            "defaultRecordTypeMapping": True,
            "master": False,
            "urls": {},
        }
    ],
    "fields": [
        {
            "name": "LastName",
            "label": "Last Name",
            "type": "string",
            "length": 80,
            "nillable": False,
            "createable": True,
            "updateable": True,
            "defaultedOnCreate": False,
            "filterable": True,
            "compoundFieldName": "Name",
            "controllerName": None,
            "relationshipName": None,
            "referenceTo": [],
            "picklistValues": [],
        },
        {
            "name": "AccountId",
            "label": "Account ID",
            "type": "reference",
            "length": 18,
            "nillable": True,
            "relationshipName": "Account",
            "referenceTo": ["Account"],
        },
        {
            "name": "Rating__c",
            "label": "Rating",
            "type": "picklist",
            "restrictedPicklist": True,
            "controllerName": "Kind__c",
            "custom": True,
            "picklistValues": [
                {"active": True, "defaultValue": True, "label": None, "value": "Hot", "validFor": "gAAA"},
                {"active": False, "defaultValue": False, "label": "Kalt", "value": "Cold", "validFor": None},
            ],
        },
    ],
}


def test_the_parts_that_decisions_need_are_taken_from_salesforces_answer() -> None:
    describe = describe_from_json(RAW, etag="Fri, 20 Nov 2026 10:00:00 GMT")
    assert (describe.name, describe.label, describe.key_prefix, describe.updateable) == (
        "Contact",
        "Person",
        "003",
        False,
    )
    assert describe.etag == "Fri, 20 Nov 2026 10:00:00 GMT"
    name, account, rating = describe.fields
    assert (name.length, name.required_at_create, name.controller_name, name.compound_field_name) == (
        80,
        True,
        "",
        "Name",
    )
    assert account.reference_to == ("Account",)
    assert describe.relationship("account") is account
    assert [(item.value, item.label, item.active, item.valid_for) for item in rating.picklist_values] == [
        ("Hot", "Hot", True, "gAAA"),
        ("Cold", "Kalt", False, ""),
    ]
    assert describe.record_types[0] == {
        "recordTypeId": "012000000000001AAA",
        "name": "Customer",
        "developerName": "Customer",
        "available": True,
        "active": True,
        "defaultRecordTypeMapping": True,
        "master": False,
    }


def test_a_record_types_picklists_are_added_where_they_were_asked_for() -> None:
    values = {"012000000000001AAA": {"Rating__c": ["Hot"]}}
    describe = describe_from_json(RAW, picklists_by_record_type=values)
    assert describe.record_types[0]["picklists"] == {"Rating__c": ["Hot"]}


def test_a_describe_survives_the_cache() -> None:
    describe = describe_from_json(RAW, etag="x")
    kept = json.loads(json.dumps(compact(describe)))
    assert describe_from_compact(kept) == describe
    assert describe_from_compact(kept).etag == "x"
    rich = contact(
        picklist("P__c", "a", type="multipicklist"), lookup("L__c", "User", "Group"), field("N__c", "double")
    )
    assert describe_from_compact(json.loads(json.dumps(compact(rich)))) == rich


def test_the_cached_form_names_no_default() -> None:
    kept = compact(contact(field("A__c", length=0)))
    assert kept["fields"][-1] == {"name": "A__c", "label": "A__c", "type": "string"}


def test_a_field_is_found_in_any_case() -> None:
    describe = contact()
    assert describe.field("lastname") is describe.field("LastName")
    assert describe.field("gone") is None
    assert not FieldDescribe("A", "A", "string", calculated=True).is_writable
