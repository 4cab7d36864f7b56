"""An org with multiple currencies: amounts with a currency each, convertCurrency, and what is compared, sorted and added up in which."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.org.edge import API, Client, error_code

RATES = {"USD": 1.0, "EUR": 0.5, "JPY": 100.0}
DEAL = {"StageName": "Prospecting", "CloseDate": "2026-12-31"}


class Desk:
    """An org with three deals of 100, 100 and 5,000, in dollars, euros (worth 200 dollars) and yen (worth 50)."""

    def __init__(self) -> None:
        self.client = Client()
        self.client.settings(currencies=RATES)
        self.headers = self.client.session()
        for name, amount, code in (("usd", 100, "USD"), ("eur", 100, "EUR"), ("jpy", 5000, "JPY")):
            self.saved("Opportunity", Name=name, Amount=amount, CurrencyIsoCode=code, **DEAL)

    def send(self, method: str, path: str, **values: Any) -> Any:
        return self.client.send(method, API + path, {}, json.dumps(values).encode(), self.headers)

    def saved(self, sobject: str, **values: Any) -> str:
        answer = self.send("POST", f"/sobjects/{sobject}", **values)
        assert answer.status == 201, answer.body
        return str(answer.body["id"])

    def ask(self, statement: str) -> Any:
        return self.client.get("/query", self.headers, q=statement)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        answer = self.ask(statement)
        assert answer.status == 200, answer.body
        return [
            {name: value for name, value in each.items() if name != "attributes"} for each in answer.body["records"]
        ]

    def names(self, rest: str) -> list[str]:
        return [each["Name"] for each in self.rows(f"SELECT Name FROM Opportunity {rest}")]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_records_have_a_currency_which_is_the_users_own_at_first(desk: Desk) -> None:
    """Object Reference, CurrencyIsoCode and User.DefaultCurrencyIsoCode; help: the currency of new records."""
    account = desk.saved("Account", Name="Acme")
    assert desk.rows("SELECT CurrencyIsoCode FROM Account") == [{"CurrencyIsoCode": "USD"}]
    me = desk.client.org.store.default_user_id
    desk.send("PATCH", f"/sobjects/User/{me}", DefaultCurrencyIsoCode="EUR")
    desk.saved("Account", Name="Other")
    found = desk.rows("SELECT CurrencyIsoCode FROM Account ORDER BY Name")
    assert [each["CurrencyIsoCode"] for each in found] == ["USD", "EUR"]
    wrong = desk.send("PATCH", f"/sobjects/Account/{account}", CurrencyIsoCode="XXX")
    assert error_code(wrong) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")


def test_the_currencies_are_records(desk: Desk) -> None:
    """Object Reference, CurrencyType."""
    found = desk.rows("SELECT IsoCode, ConversionRate, IsCorporate FROM CurrencyType ORDER BY IsoCode")
    assert [(each["IsoCode"], each["ConversionRate"], each["IsCorporate"]) for each in found] == [
        ("EUR", 0.5, False),
        ("JPY", 100.0, False),
        ("USD", 1.0, True),
    ]


def test_amounts_are_converted_to_the_currency_of_the_user(desk: Desk) -> None:
    """SOQL guide, convertCurrency: with an alias or in the field's place; FORMAT of it."""
    desk.send("PATCH", f"/sobjects/User/{desk.client.org.store.default_user_id}", DefaultCurrencyIsoCode="EUR")
    found = desk.rows("SELECT Amount, convertCurrency(Amount) mine FROM Opportunity ORDER BY Name")
    assert found == [
        {"Amount": 100.0, "mine": 100.0},
        {"Amount": 5000.0, "mine": 25.0},
        {"Amount": 100.0, "mine": 50.0},
    ]
    assert desk.rows("SELECT convertCurrency(Amount) FROM Opportunity WHERE Name = 'usd'") == [{"Amount": 50.0}]
    [row] = desk.rows("SELECT FORMAT(Amount) a, FORMAT(convertCurrency(Amount)) b FROM Opportunity WHERE Name = 'jpy'")
    assert row == {"a": "JPY 5,000.00", "b": "EUR 25.00"}


def test_a_parents_amount_has_the_parents_currency(desk: Desk) -> None:
    account = desk.saved("Account", Name="Acme", AnnualRevenue=10, CurrencyIsoCode="EUR")
    desk.saved("Contact", LastName="Doe", AccountId=account, CurrencyIsoCode="JPY")
    [row] = desk.rows("SELECT convertCurrency(Account.AnnualRevenue), FORMAT(Account.AnnualRevenue) text FROM Contact")
    assert (row["Account"]["AnnualRevenue"], row["text"]) == (20.0, "EUR 10")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("Amount > USD99", ["eur", "usd"]),
        ("Amount > EUR50", ["eur"]),
        ("Amount >= jpy10000", ["eur", "usd"]),
        ("Amount = USD100", ["usd"]),
        ("Amount IN (USD50, EUR100)", ["eur", "jpy"]),
        ("Amount = USD200 OR Amount = USD50", ["eur", "jpy"]),
        ("Amount > 99", ["eur", "jpy", "usd"]),
        ("Amount > 4000", ["jpy"]),
        ("NOT Amount > USD99", ["jpy"]),
    ],
)
def test_amounts_compare_by_their_worth_where_the_statement_names_a_currency(
    desk: Desk, where: str, found: list[str]
) -> None:
    """SOQL guide, filtering on currency fields: without a code the numbers themselves are compared."""
    assert desk.names(f"WHERE {where} ORDER BY Name") == found


def test_amounts_sort_and_add_up_in_the_corporate_currency(desk: Desk) -> None:
    """SOQL guide, querying currency fields: ORDER BY and aggregates use the org's default currency."""
    assert desk.names("ORDER BY Amount DESC") == ["eur", "usd", "jpy"]
    [row] = desk.rows("SELECT SUM(Amount) total, MAX(Amount) most, FORMAT(MIN(Amount)) least FROM Opportunity")
    assert row == {"total": 350.0, "most": 200.0, "least": "USD 50.00"}
    grouped = "SELECT Name, SUM(Amount) n FROM Opportunity GROUP BY Name HAVING SUM(Amount) > EUR60"
    assert desk.rows(grouped) == [{"Name": "eur", "n": 200.0}]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("SELECT convertCurrency(Name) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE convertCurrency(Amount) > 5", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity ORDER BY convertCurrency(Amount)", "MALFORMED_QUERY"),
        ("SELECT convertCurrency(SUM(Amount)) FROM Opportunity", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Amount > XXX5", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Amount IN (USD5, 7)", "MALFORMED_QUERY"),
        ("SELECT Id FROM Opportunity WHERE Name = USD5", "INVALID_FIELD"),
    ],
)
def test_what_makes_no_sense_is_refused(desk: Desk, statement: str, code: str) -> None:
    """SOQL guide: convertCurrency is for SELECT, and not for aggregates; amounts with and without a code are not mixed in IN."""
    assert error_code(desk.ask(statement)) == (400, code)


def test_an_org_with_one_currency_has_none_of_it() -> None:
    client = Client()
    headers = client.session()
    for statement, code in (
        ("SELECT CurrencyIsoCode FROM Opportunity", "INVALID_FIELD"),
        ("SELECT Id FROM CurrencyType", "INVALID_TYPE"),
        ("SELECT convertCurrency(Amount) FROM Opportunity", "FUNCTIONALITY_NOT_ENABLED"),
        ("SELECT Id FROM Opportunity WHERE Amount > USD5", "FUNCTIONALITY_NOT_ENABLED"),
    ):
        assert error_code(client.get("/query", headers, q=statement)) == (400, code)


def test_custom_objects_have_a_currency_whenever_they_are_declared(desk: Desk) -> None:
    desk.client.control("POST", "schema", {"sobjects": [{"name": "Project__c", "fields": [{"name": "Code__c"}]}]})
    desk.saved("Project__c", Name="One")
    assert desk.rows("SELECT CurrencyIsoCode FROM Project__c") == [{"CurrencyIsoCode": "USD"}]


@pytest.mark.parametrize("rates", [{"USD": 2.0}, {"usd": 1.0}, {"USD": 1.0, "EUR": 0}, {"DOLLAR": 1.0}])
def test_currencies_that_make_no_sense_are_refused(rates: dict[str, float]) -> None:
    client = Client()
    answer = client.control("PATCH", "settings", {"currencies": rates})
    assert answer[0]["errorCode"] == "INVALID_FIELD"
