"""Where a page of connecting leads back to: the product, where the link named an allowed address, else the console. Pure."""

from __future__ import annotations

from urllib.parse import urlencode

from causeway.connections.oauth.return_urls import is_allowed_return
from causeway.connections.pages.connect_pages import TO_CONSOLE, TO_PRODUCT
from causeway.connections.pages.html import Back


def product_address(return_url: str, result: str, tenant: str, allowed: tuple[str, ...]) -> str:
    """Return the product's address with the result of connecting, "" when the link named none that is still allowed."""
    if not return_url or not is_allowed_return(return_url, allowed):
        return ""
    query = urlencode({"causeway": result, "tenant": tenant})
    return f"{return_url}{'&' if '?' in return_url else '?'}{query}"


def to_console(public_url: str) -> Back:
    """Return the way to the console, which needs no link and keeps the session of its tab."""
    return Back(f"{public_url}/console", TO_CONSOLE)


def way_back(product: str, public_url: str) -> Back:
    """Return the way to the product's address, or to the console when there is none."""
    return Back(product, TO_PRODUCT) if product else to_console(public_url)
