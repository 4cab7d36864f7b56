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


def main() -> None:
    """Do with the ORM what products do."""
    set_up()
    tour, known = Tour(), models()
    account, contact = known["Account"], known["Contact"]
    with tour.step("count, filter, order, slice"):
        assert contact.objects.count() == 30
        assert [
            each.LastName for each in contact.objects.filter(LastName__startswith="Doe 2").order_by("LastName")[:2]
        ] == ["Doe 2", "Doe 20"]
        assert (
            contact.objects.exclude(Email=None).filter(Email__in=["jo.1@example.com", "nobody@example.com"]).count()
            == 1
        )
    with tour.step("join a parent"):
        found = contact.objects.filter(Account__Name="Company 1").select_related("Account")
        assert {each.Account.Name for each in found} == {"Company 1"}
        assert len(found) == 6
    with tour.step("aggregate"):
        from django.db.models import Count

        groups = contact.objects.values("AccountId").annotate(n=Count("id")).order_by()
        assert sorted(each["n"] for each in groups) == [6] * 5, list(groups)
    with tour.step("create, refresh, update, delete"):
        made = account(Name="Acme", Phone="1")
        made.save()
        made.refresh_from_db()
        made.Phone = "2"
        made.save()
        assert account.objects.get(pk=made.pk).Phone == "2"
        made.delete()
        assert not account.objects.filter(pk=made.pk).exists()
    with tour.step("bulk create, update and delete"):
        contact.objects.bulk_create([contact(LastName=f"Bulk {n}") for n in range(25)])
        bulk = contact.objects.filter(LastName__startswith="Bulk")
        assert bulk.count() == 25
        bulk.update(FirstName="B")
        assert contact.objects.filter(FirstName="B").count() == 25
        bulk.delete()
        assert bulk.count() == 0
    with tour.step("deleted records by query_all"):
        assert contact.objects.query_all().filter(LastName__startswith="Bulk").count() == 25
    with tour.step("a refusal is an error with its code"):
        from salesforce.dbapi.exceptions import SalesforceError

        with refused(SalesforceError, "INVALID_EMAIL_ADDRESS"):
            contact(LastName="x", Email="not an address").save()
    with tour.step("raw SOQL by a cursor"):
        from django.db import connections

        with connections["salesforce"].cursor() as cursor:
            cursor.execute("SELECT Name FROM Account WHERE Name LIKE %s ORDER BY Name", ["Company%"])
            assert [row[0] for row in cursor.fetchall()][:2] == ["Company 0", "Company 1"]
    with tour.step("inspectdb"):
        from django.core.management import call_command

        written = io.StringIO()
        call_command("inspectdb", database="salesforce", stdout=written)
        assert "class Contact(" in written.getvalue()
        compile(written.getvalue(), "models.py", "exec")
    tour.end()


if __name__ == "__main__":
    main()
