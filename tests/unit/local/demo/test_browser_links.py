"""What `make up` and `make console` print for a person to open."""

from __future__ import annotations

from local.demo.browser_links import BrowserLink, lines

LINKS = [
    BrowserLink("Console, signed in as an admin of tenant 'chinook'", "http://127.0.0.1:1/console#session=a"),
    BrowserLink("Connect Salesforce for tenant 'acme'", "http://127.0.0.1:1/oauth/authorize?link=b"),
]


def test_each_address_stands_alone_on_its_line_below_what_it_opens() -> None:
    printed = lines(LINKS)
    for link in LINKS:
        assert printed[printed.index(f"    {link.url}") - 1] == f"  {link.opens}"


def test_a_person_reads_how_to_log_in_to_the_org_and_how_to_get_another_session() -> None:
    printed = "\n".join(lines(LINKS))
    assert "admin@northwind.example, password northwind1" in printed
    assert "make console" in printed
