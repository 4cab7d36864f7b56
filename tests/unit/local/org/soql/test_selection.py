"""What is written of a row: attributes, parents, children, FIELDS, toLabel, TYPEOF; and what may not be selected."""

from __future__ import annotations

from typing import Any

import pytest

from local.org.schema.ids import to18
from local.org.schema.sobjects import FieldType, Schema, SObjectType
from local.org.wire.messages import OrgError
from tests.support.org.soql import ME, FakeDatabase, contacts, names, plain, record_id, records, rows_of, run

ACME, ADA, QUEUE = record_id("Account", 1), record_id("Contact", 1), record_id("Group", 1)


def office() -> FakeDatabase:
    """Return a user, a queue, an account with two contacts, leads of both owners and tasks about all of them."""
    me = {"Id": ME, "Name": "Ann Admin", "Email": "ann@example.com", "FirstName": "Ann", "IsActive": True}
    queue = {"Id": QUEUE, "Name": "Hot leads", "Type": "Queue"}
    return FakeDatabase(
        {
            "User": [me],
            "Group": [queue],
            "Account": rows_of("Account", {"Name": "Acme", "Phone": "123"}, {"Name": "Void"}),
            "Contact": rows_of(
                "Contact",
                {"LastName": "Ada", "Name": "Ada", "AccountId": ACME, "Email": "ada@example.com"},
                {"LastName": "Bob", "Name": "Bob", "AccountId": ACME},
                {"LastName": "Cem", "Name": "Cem"},
            ),
            "Lead": rows_of(
                "Lead", {"LastName": "Lee", "OwnerId": QUEUE, "Status": "Open - Not Contacted"}, {"LastName": "Moe"}
            ),
            "Task": rows_of(
                "Task",
                {"Subject": "Call", "WhoId": ADA, "WhatId": ACME},
                {"Subject": "Write", "WhoId": record_id("Lead", 1)},
                {"Subject": "Think"},
            ),
        }
    )


def refused(statement: str, **setting: Any) -> OrgError:
    """Return why a statement is refused."""
    with pytest.raises(OrgError) as caught:
        run(statement, office(), **setting)
    return caught.value


def test_a_record_has_attributes_and_the_selected_fields_in_order() -> None:
    """Source: REST guide, query: attributes with type and url; the schema's own spelling of names."""
    record = run("SELECT email, ID, title FROM contact WHERE LastName = 'Ada'", office(), version=61.0).records()[0]
    assert list(record) == ["attributes", "Email", "Id", "Title"]
    assert record["attributes"] == {"type": "Contact", "url": f"/services/data/v61.0/sobjects/Contact/{ADA}"}
    assert record["Title"] is None


def test_a_parent_is_an_object_and_no_parent_is_null() -> None:
    """Source: SOQL guide, relationship queries and null values in lookup relationships."""
    ada, _, cem = run("SELECT Account.Name, Account.Owner.Email, Name FROM Contact ORDER BY Id", office()).records()
    assert ada["Account"]["attributes"]["type"] == "Account"
    assert ada["Account"]["attributes"]["url"].endswith(f"/sobjects/Account/{ACME}")
    assert ada["Account"]["Owner"]["attributes"]["url"].endswith(f"/sobjects/User/{ME}")
    assert ada["Account"]["Owner"]["Email"] == "ann@example.com"
    assert list(ada) == ["attributes", "Account", "Name"]
    assert cem["Account"] is None


def test_conditions_follow_parents() -> None:
    assert records("SELECT Name FROM Contact WHERE Account.Name = 'acme' ORDER BY Id", office()) == [
        {"Name": "Ada"},
        {"Name": "Bob"},
    ]
    assert records("SELECT Name FROM Contact WHERE Account.Name = null", office()) == [{"Name": "Cem"}]
    assert records(
        "SELECT Name FROM Contact WHERE Account.Owner.Email LIKE 'ann%' AND Id = '" + ADA + "'", office()
    ) == [{"Name": "Ada"}]


def test_aliases_and_the_sobject_s_own_name_qualify_fields() -> None:
    """Source: SOQL guide, alias notation."""
    for statement in (
        "SELECT c.Name, c.Account.Name FROM Contact c WHERE c.Account.Name = 'Acme' ORDER BY c.Id",
        "SELECT c.Name, a.Name FROM Contact c, c.Account a WHERE a.Name = 'Acme' ORDER BY c.Id",
        "SELECT Contact.Name, Contact.Account.Name FROM Contact WHERE Contact.Account.Name = 'Acme' ORDER BY Contact.Id",
        "SELECT C.Name, A.Name FROM Contact AS c, c.Account AS a WHERE A.Name = 'Acme' ORDER BY c.Id",
    ):
        assert records(statement, office())[0] == {"Name": "Ada", "Account": {"Name": "Acme"}}


def test_a_polymorphic_owner_has_the_fields_of_name() -> None:
    """Source: Object Reference, Name; SOQL guide, polymorphic relationships; attributes.type Name is remembered."""
    lee, moe = run("SELECT Owner.Name, Owner.Type, Owner.Email FROM Lead ORDER BY Id", office()).records()
    assert plain(lee) == {"Owner": {"Name": "Hot leads", "Type": "Queue", "Email": None}}
    assert plain(moe) == {"Owner": {"Name": "Ann Admin", "Type": "User", "Email": "ann@example.com"}}
    assert lee["Owner"]["attributes"]["url"].endswith(f"/sobjects/Group/{QUEUE}")
    assert records("SELECT LastName FROM Lead WHERE Owner.Type = 'Queue'", office()) == [{"LastName": "Lee"}]
    assert refused("SELECT Owner.FederationIdentifier FROM Lead").code == "INVALID_FIELD"


def test_the_name_of_a_polymorphic_parent_is_its_own_name_field() -> None:
    """Source: Object Reference, Name: of a case the name is its number."""
    case = {"Id": to18("500000000000001"), "CaseNumber": "00001026", "Subject": "Broken"}
    tasks = rows_of("Task", {"Subject": "Look", "WhatId": case["Id"]})
    database = FakeDatabase({"Case": [case], "Task": tasks})
    assert records("SELECT What.Name, What.Type FROM Task WHERE What.Name = '00001026'", database) == [
        {"What": {"Name": "00001026", "Type": "Case"}}
    ]


def test_children_come_as_a_small_answer_or_null() -> None:
    """Source: REST guide, query: a subquery is a nested result with totalSize, done and records; null without children."""
    statement = (
        "SELECT Name, (SELECT LastName, Account.Phone FROM Contacts ORDER BY LastName DESC) FROM Account ORDER BY Id"
    )
    acme, void = records(statement, office())
    assert acme["Contacts"] == {
        "totalSize": 2,
        "done": True,
        "records": [{"LastName": "Bob", "Account": {"Phone": "123"}}, {"LastName": "Ada", "Account": {"Phone": "123"}}],
    }
    assert void == {"Name": "Void", "Contacts": None}


def test_a_subquery_filters_orders_and_limits_each_parent_s_children() -> None:
    children = "SELECT LastName FROM Contacts WHERE Email = null OR LastName = 'Ada' ORDER BY Id"
    statement = f"SELECT ({children} {{}}) FROM Account WHERE Name = 'Acme'"
    both, first, second = (
        records(statement.format(end), office())[0]["Contacts"] for end in ("", "LIMIT 1", "LIMIT 1 OFFSET 1")
    )
    assert [each["LastName"] for each in both["records"]] == ["Ada", "Bob"]
    assert [each["LastName"] for each in first["records"]] == ["Ada"]
    assert [each["LastName"] for each in second["records"]] == ["Bob"]
    assert records(
        "SELECT (SELECT Id FROM Contacts WHERE LastName = 'No') FROM Account WHERE Name = 'Acme'", office()
    ) == [{"Contacts": None}]


def test_children_have_children() -> None:
    """Source: Summer '24 release notes: five levels of parent-to-child relationships from version 58.0."""
    statement = "SELECT Name, (SELECT LastName, (SELECT Subject FROM Tasks) FROM Contacts ORDER BY Id) FROM Account WHERE Name = 'Acme'"
    acme = records(statement, office())[0]
    assert acme["Contacts"]["records"][0]["Tasks"]["records"] == [{"Subject": "Call"}]
    assert acme["Contacts"]["records"][1]["Tasks"] is None
    assert refused(statement, version=57.0).code == "MALFORMED_QUERY"


def test_a_child_relationship_must_exist() -> None:
    """Source: captured answers: INVALID_TYPE, Didn't understand relationship ... in FROM part of query call."""
    error = refused("SELECT Id, (SELECT Id FROM Contact) FROM Account")
    assert error.code == "INVALID_TYPE"
    assert error.message.startswith("Didn't understand relationship 'Contact' in FROM part of query call.")


def test_typeof_chooses_fields_by_the_parent_s_sobject() -> None:
    """Source: SOQL guide, TYPEOF."""
    statement = "SELECT Subject, TYPEOF Who WHEN Contact THEN Email, LastName WHEN User THEN Id ELSE Name END FROM Task ORDER BY Id"
    call, write, think = run(statement, office()).records()
    assert plain(call["Who"]) == {"Email": "ada@example.com", "LastName": "Ada"}
    assert call["Who"]["attributes"]["type"] == "Contact"
    assert plain(write["Who"]) == {"Name": None}
    assert write["Who"]["attributes"]["type"] == "Lead"
    assert think["Who"] is None
    without_else = records("SELECT TYPEOF Who WHEN Contact THEN Email END FROM Task ORDER BY Id", office())
    assert [each["Who"] for each in without_else] == [{"Email": "ada@example.com"}, None, None]
    assert "non-polymorphic" in refused("SELECT TYPEOF Account WHEN Account THEN Id END FROM Contact").message
    assert refused("SELECT TYPEOF Who WHEN Contact THEN Nope END FROM Task").code == "INVALID_FIELD"


@pytest.mark.parametrize(("group", "custom"), [("ALL", {True, False}), ("STANDARD", {False}), ("custom", {True})])
def test_fields_stands_for_groups_of_fields(group: str, custom: set[bool]) -> None:
    """Source: SOQL guide, FIELDS()."""
    database = contacts({"LastName": "Ada"})
    record = records(f"SELECT FIELDS({group}) FROM Contact LIMIT 200", database)[0]
    contact = database.schema.sobject("Contact")
    assert contact is not None
    assert list(record) == [each.name for each in contact.fields if each.custom in custom]


@pytest.mark.parametrize(
    "statement", ["SELECT FIELDS(ALL) FROM Contact", "SELECT FIELDS(CUSTOM) FROM Contact LIMIT 201"]
)
def test_unbounded_fields_need_a_limit_of_200(statement: str) -> None:
    """Source: SOQL guide, FIELDS(): the clause must have LIMIT 200 or less; STANDARD is bounded."""
    assert "LIMIT of at most 200" in refused(statement).message
    assert run("SELECT FIELDS(STANDARD) FROM Contact", office()).total_size == 3


def test_fields_is_new_in_version_51() -> None:
    """Source: SOQL guide, FIELDS(): API version 51.0 and later."""
    assert refused("SELECT FIELDS(STANDARD) FROM Contact", version=50.0).code == "MALFORMED_QUERY"


def test_to_label_gives_the_picklist_s_label() -> None:
    """Source: SOQL guide, toLabel()."""
    database = contacts({"LastName": "Ada", "Tier__c": "a", "Interests__c": "golf;chess;other"}, {"LastName": "Bob"})
    assert records("SELECT toLabel(Tier__c), toLabel(Interests__c) hobbies FROM Contact ORDER BY Id", database) == [
        {"Tier__c": "Tier A", "hobbies": "Golf;Chess;other"},
        {"Tier__c": None, "hobbies": None},
    ]
    with_manager = contacts({"LastName": "Ada", "Tier__c": "C"}, {"LastName": "Bob", "ReportsToId": ADA})
    statement = "SELECT ReportsTo.LastName, toLabel(ReportsTo.Tier__c) FROM Contact ORDER BY Id"
    assert records(statement, with_manager) == [
        {"ReportsTo": None},
        {"ReportsTo": {"LastName": "Ada", "Tier__c": "Tier C"}},
    ]
    assert records("SELECT LastName FROM Contact WHERE toLabel(Tier__c) = 'tier a'", database) == [{"LastName": "Ada"}]
    assert records("SELECT LastName FROM Contact WHERE toLabel(Tier__c) LIKE 'Tier%'", database) == [
        {"LastName": "Ada"}
    ]


def test_deleted_rows_are_seen_by_query_all_only() -> None:
    """Source: REST guide, QueryAll."""
    database = contacts({"LastName": "Ada"}, {"LastName": "Bob", "IsDeleted": True})
    statement = "SELECT LastName, IsDeleted FROM Contact ORDER BY Id"
    assert run(statement, database).total_size == 1
    assert [each["IsDeleted"] for each in records(statement, database, include_deleted=True)] == [False, True]
    assert records("SELECT LastName FROM Contact WHERE IsDeleted = true", database) == []


def test_a_deleted_parent_is_still_the_parent_of_its_deleted_children() -> None:
    """Source: REST guide, QueryAll: records deleted with their parent keep their lookup to it."""
    accounts = rows_of("Account", {"Name": "Acme", "IsDeleted": True})
    people = rows_of("Contact", {"LastName": "Ada", "AccountId": ACME, "IsDeleted": True})
    database = FakeDatabase({"Account": accounts, "Contact": people})
    statement = "SELECT Account.Name FROM Contact WHERE Account.Name = 'Acme'"
    assert records(statement, database, include_deleted=True) == [{"Account": {"Name": "Acme"}}]


def test_count_gives_a_size_and_no_records() -> None:
    """Source: SOQL guide, COUNT(): totalSize is the number, records is empty; LIMIT caps it."""
    result = run("SELECT COUNT() FROM Contact WHERE AccountId != null", office())
    assert (result.total_size, result.records()) == (2, [])
    assert run("SELECT COUNT() FROM Contact LIMIT 1", office()).total_size == 1


def test_using_scope_mine_is_the_user_s_own() -> None:
    """Source: SOQL guide, USING SCOPE."""
    assert records("SELECT LastName FROM Lead USING SCOPE Mine", office()) == [{"LastName": "Moe"}]
    assert run("SELECT Id FROM Lead USING SCOPE everything", office()).total_size == 2
    assert refused("SELECT Id FROM Lead USING SCOPE team").code == "INVALID_QUERY_SCOPE"
    inner = "SELECT (SELECT LastName FROM Contacts USING SCOPE mine) FROM Account WHERE Name = 'Acme'"
    assert records(inner, office(), user_id=QUEUE) == [{"Contacts": None}]
    assert records(inner, office())[0]["Contacts"]["totalSize"] == 2
    nobody = "SELECT (SELECT Id FROM Contacts USING SCOPE team) FROM Account WHERE Name = 'nobody'"
    assert refused(nobody).code == "INVALID_QUERY_SCOPE"
    joined = "SELECT Name FROM Account WHERE Id IN (SELECT AccountId FROM Contact USING SCOPE mine)"
    assert run(joined, office(), user_id=QUEUE).total_size == 0


@pytest.mark.parametrize("mode", ["SECURITY_ENFORCED", "USER_MODE", "user_mode"])
def test_modes_that_ask_for_the_user_s_rights_change_nothing(mode: str) -> None:
    """Source: the published grammar takes them; REST runs as the user anyway (soql/facts.py)."""
    assert run(f"SELECT Id FROM Lead WITH {mode}", office()).total_size == 2


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        ("SELECT Id FROM Name", "INVALID_TYPE_FOR_OPERATION", "entity type Name does not support query"),
        ("SELECT Id FROM Contact, Account", "MALFORMED_QUERY", "driving SObject type"),
        ("SELECT Id FROM Contact c, c.Nope n", "INVALID_FIELD", "Didn't understand relationship 'Nope'"),
        ("SELECT Id, Id FROM Contact", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT Id, FIELDS(STANDARD) FROM Contact", "MALFORMED_QUERY", "duplicate field selected: Id"),
        ("SELECT Account.Name, account.name FROM Contact", "MALFORMED_QUERY", "duplicate field selected"),
        ("SELECT Id i FROM Contact", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT FIELDS(STANDARD) f FROM Contact", "MALFORMED_QUERY", "only aggregate expressions use field aliasing"),
        ("SELECT (SELECT Id FROM Contacts) c FROM Account", "MALFORMED_QUERY", "only aggregate expressions"),
        ("SELECT TYPEOF Who WHEN Lead THEN Id END w FROM Task", "MALFORMED_QUERY", "only aggregate expressions"),
        ("SELECT TYPEOF Who WHEN Nope THEN Id END FROM Task", "INVALID_TYPE", "sObject type 'Nope' is not supported."),
        ("SELECT TYPEOF Nope WHEN Lead THEN Id END FROM Task", "INVALID_FIELD", "Didn't understand relationship"),
        (
            "SELECT Who.Id, TYPEOF Who WHEN Lead THEN Id END FROM Task",
            "MALFORMED_QUERY",
            "duplicate field selected: Who",
        ),
        ("SELECT a.b.c.d.e.f.g FROM Contact", "MALFORMED_QUERY", "more than 5"),
        ("SELECT COUNT() FROM Contact ORDER BY Id", "MALFORMED_QUERY", "COUNT() cannot be used"),
        ("SELECT FIELDS(ONE) FROM Contact LIMIT 1", "MALFORMED_QUERY", "Invalid argument of FIELDS"),
        (
            "SELECT (SELECT COUNT() FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "only root queries support aggregate",
        ),
        (
            "SELECT (SELECT Id FROM Contacts), (SELECT Id FROM Contacts) FROM Account",
            "MALFORMED_QUERY",
            "duplicate field",
        ),
        ("SELECT toLabel(Email) FROM Contact", "MALFORMED_QUERY", "toLabel(field) is not supported"),
        ("SELECT DAY_ONLY(CreatedDate) FROM Contact", "MALFORMED_QUERY", "DAY_ONLY(CreatedDate)"),
        ("SELECT CALENDAR_YEAR(CreatedDate) FROM Contact", "MALFORMED_QUERY", "GROUP BY"),
        ("SELECT CALENDAR_YEAR(Email) FROM Contact", "MALFORMED_QUERY", "CALENDAR_YEAR(Email)"),
        ("SELECT nonsense(Email) FROM Contact", "MALFORMED_QUERY", "Invalid function: nonsense(Email)"),
    ],
)
def test_what_makes_no_sense_is_refused(statement: str, code: str, message: str) -> None:
    """Source: SOAP guide, error codes; texts of INVALID_TYPE and aliasing captured, the others remembered."""
    error = refused(statement)
    assert error.code == code
    assert message in error.message


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT convertCurrency(AnnualRevenue) FROM Lead",
        "SELECT COUNT(Id) FROM Contact GROUP BY Department HAVING DISTANCE(MailingAddress, GEOLOCATION(1, 2), 'mi') < 1",
        "SELECT Id FROM Contact WHERE Score__c + Score__c > 5",
        "SELECT Id FROM Contact WITH SYSTEM_MODE",
        "SELECT Id FROM Contact WITH DATA CATEGORY Geography__c AT usa__c",
        "SELECT Id FROM Contact WITH NETWORK = 'x'",
        "SELECT Id FROM Contact USING LOOKUP x",
        "SELECT Id FROM Contact UPDATE VIEWSTAT",
        "SELECT Id FROM Contact BIND x = 'y'",
        "SELECT MIN(toLabel(Tier__c)) FROM Contact",
    ],
)
def test_what_this_org_cannot_evaluate_is_an_error_and_never_a_guess(statement: str) -> None:
    error = refused(statement)
    assert error.code in ("FUNCTIONALITY_NOT_ENABLED", "INVALID_QUERY_SCOPE")
    assert error.message.startswith("The simulated org does not support")


def test_for_view_and_for_reference_change_no_answer() -> None:
    """Source: SOQL guide, FOR VIEW and FOR REFERENCE: they note the view of a record, nothing else."""
    assert run("SELECT Id FROM Contact FOR VIEW", office()).total_size == 3
    assert run("SELECT Id FROM Contact FOR REFERENCE", office()).total_size == 3


@pytest.mark.parametrize(("levels", "allowed"), [(5, True), (6, False)])
def test_a_path_goes_up_five_levels(levels: int, allowed: bool) -> None:
    """Source: SOQL guide, relationship queries: at most five levels of child-to-parent."""
    path = "ReportsTo." * levels
    database = contacts({"LastName": "Ada", "ReportsToId": ADA})
    if allowed:
        assert names(f"{path}LastName = 'Ada'", database) == ["Ada"]
    else:
        with pytest.raises(OrgError, match="more than 5"):
            names(f"{path}LastName = 'Ada'", database)


def hub(parents: int, children: int) -> FakeDatabase:
    """Return a database whose Hub__c has so many lookups to User, and so many lists of children."""
    user = SObjectType("User", "User", "005", [FieldType("Id", "Id", "id"), FieldType("Name", "Name", "string")])
    lookups = [
        FieldType(f"L{n}__c", "L", "reference", reference_to=["User"], relationship_name=f"L{n}__r")
        for n in range(parents)
    ]
    centre = SObjectType("Hub__c", "Hub", "a00", [FieldType("Id", "Id", "id"), *lookups])
    spokes = [
        SObjectType(
            f"Spoke{n}__c",
            "Spoke",
            f"b{n:02d}",
            [
                FieldType("Id", "Id", "id"),
                FieldType("Hub__c", "Hub", "reference", reference_to=["Hub__c"], child_relationship_name=f"S{n}__r"),
            ],
        )
        for n in range(children)
    ]
    database = FakeDatabase({})
    database.schema = Schema([user, centre, *spokes])
    return database


@pytest.mark.parametrize(("parents", "allowed"), [(55, True), (56, False)])
def test_a_query_has_at_most_55_parents(parents: int, allowed: bool) -> None:
    """Source: limits cheat sheet, SOQL relationship queries: 55 child-to-parent relationships."""
    statement = f"SELECT {', '.join(f'L{number}__r.Name, l{number}__r.Id' for number in range(parents))} FROM Hub__c"
    if allowed:
        assert run(statement, hub(parents, 0)).total_size == 0
    else:
        with pytest.raises(OrgError, match="at most 55"):
            run(statement, hub(parents, 0))


@pytest.mark.parametrize(("children", "allowed"), [(20, True), (21, False)])
def test_a_query_has_at_most_20_lists_of_children(children: int, allowed: bool) -> None:
    """Source: limits cheat sheet, SOQL relationship queries: 20 parent-to-child relationships."""
    statement = f"SELECT {', '.join(f'(SELECT Id FROM S{number}__r)' for number in range(children))} FROM Hub__c"
    if allowed:
        assert run(statement, hub(0, children)).total_size == 0
    else:
        with pytest.raises(OrgError, match="child subqueries is 20"):
            run(statement, hub(0, children))
