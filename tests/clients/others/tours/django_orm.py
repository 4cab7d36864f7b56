"""django-salesforce: its ORM reads, writes and searches, and `inspectdb` writes models of every sObject."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

from steps import CLIENT_ID, CLIENT_SECRET, ORG_URL, PASSWORD, USERNAME, Tour, refused


def set_up() -> None:
    """Configure Django with the org as a database."""
    import django
    from django.conf import settings

    org = {
        "ENGINE": "salesforce.backend",
        "CONSUMER_KEY": CLIENT_ID,
        "CONSUMER_SECRET": CLIENT_SECRET,
        "USER": USERNAME,
        "PASSWORD": PASSWORD,
        "HOST": ORG_URL,
    }
    local = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(
        DATABASES={"default": local, "salesforce": org},
        DATABASE_ROUTERS=["salesforce.router.ModelRouter"],
        INSTALLED_APPS=["salesforce"],
        USE_TZ=True,
        SALESFORCE_QUERY_TIMEOUT=(4, 30),
    )
    django.setup()
    from salesforce.dbapi import common

    common.TimeStatistics.domain = staticmethod(lambda url: urlsplit(url).netloc)  # its figures take https alone


def models() -> dict[str, Any]:
    """Return models of three sObjects, as a product would write them."""
    from salesforce import models as sf

    class Account(sf.Model):
        Name = sf.CharField(max_length=255)
        Phone = sf.CharField(max_length=40, null=True)

        class Meta(sf.Model.Meta):
            db_table = "Account"
            app_label = "tour"

    class Contact(sf.Model):
        FirstName = sf.CharField(max_length=40, null=True)
        LastName = sf.CharField(max_length=80)
        Email = sf.EmailField(null=True)
        Account = sf.ForeignKey("tour.Account", sf.DO_NOTHING, db_column="AccountId", null=True)
        CreatedDate = sf.DateTimeField(sf_read_only=sf.READ_ONLY)

        class Meta(sf.Model.Meta):
            db_table = "Contact"
            app_label = "tour"

    return {"Account": Account, "Contact": Contact}


def reads(known: Any) -> None:
    """Count, filter, order and slice; join a parent."""
    contact = known["Contact"]
    assert contact.objects.count() == 30
    found = contact.objects.filter(LastName__startswith="Doe 2").order_by("LastName")[:2]
    assert [each.LastName for each in found] == ["Doe 2", "Doe 20"]
    addresses = ["jo.1@example.com", "nobody@example.com"]
    assert contact.objects.exclude(Email=None).filter(Email__in=addresses).count() == 1
    joined = contact.objects.filter(Account__Name="Company 1").select_related("Account")
    assert [each.Account.Name for each in joined] == ["Company 1"] * 6


def aggregates(known: Any) -> None:
    """Group by the parent."""
    from django.db.models import Count

    groups = known["Contact"].objects.values("AccountId").annotate(n=Count("id")).order_by()
    assert sorted(each["n"] for each in groups) == [6] * 5, list(groups)


def one_record(known: Any) -> None:
    """Create, read again, change and delete."""
    account = known["Account"]
    made = account(Name="Acme", Phone="1")
    made.save()
    made.refresh_from_db()
    made.Phone = "2"
    made.save()
    assert account.objects.get(pk=made.pk).Phone == "2"
    made.delete()
    assert not account.objects.filter(pk=made.pk).exists()


def many_records(known: Any) -> None:
    """Create, change and delete together, and find what was deleted."""
    contact = known["Contact"]
    contact.objects.bulk_create([contact(LastName=f"Bulk {n}") for n in range(25)])
    bulk = contact.objects.filter(LastName__startswith="Bulk")
    assert bulk.count() == 25
    bulk.update(FirstName="B")
    assert contact.objects.filter(FirstName="B").count() == 25
    bulk.delete()
    assert bulk.count() == 0
    assert contact.objects.query_all().filter(LastName__startswith="Bulk").count() == 25


def refusal(known: Any) -> None:
    """An address that is none is an error with its code."""
    from salesforce.dbapi.exceptions import SalesforceError

    with refused(SalesforceError, "INVALID_EMAIL_ADDRESS"):
        known["Contact"](LastName="x", Email="not an address").save()


def raw_soql(_: Any) -> None:
    """Query by a cursor, with a value put in."""
    from django.db import connections

    with connections["salesforce"].cursor() as cursor:
        cursor.execute("SELECT Name FROM Account WHERE Name LIKE %s ORDER BY Name", ["Company%"])
        assert [row[0] for row in cursor.fetchall()][:2] == ["Company 0", "Company 1"]


def inspectdb(_: Any) -> None:
    """Write models of every sObject."""
    from django.core.management import call_command

    written = io.StringIO()
    call_command("inspectdb", database="salesforce", stdout=written)
    assert "class Contact(" in written.getvalue()
    compile(written.getvalue(), "models.py", "exec")


STEPS = {
    "count, filter, order, slice, join a parent": reads,
    "aggregate": aggregates,
    "create, refresh, update, delete": one_record,
    "bulk create, update, delete, query_all": many_records,
    "a refusal is an error with its code": refusal,
    "raw SOQL by a cursor": raw_soql,
    "inspectdb": inspectdb,
}

if __name__ == "__main__":
    set_up()
    tour = Tour()
    tour.take(STEPS, models())
    tour.end()
