"""The console: one page without a server side of its own; all data comes from /console/api. Trigger: API Gateway (REST)."""

from __future__ import annotations

from causeway.loading import loaded  # first

# isort: split
import base64
import hashlib
import os
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final

from causeway.connections.access.frames import ORIGIN
from causeway.connections.brand import Brand, brand_of
from causeway.settings import read_settings

loaded()

BUILT: Final = Path(__file__).parent / "built"  # made of web/ by `make build`
LANGUAGES: Final = ("en", "de")
NAME: Final = "Causeway"  # what the console calls itself where the deployment does not name the product
NO_ASSET: Final = {"statusCode": 404, "headers": {"Cache-Control": "no-store"}, "body": "", "isBase64Encoded": False}


@cache
def assembled(language: str, is_embedded: bool = False) -> tuple[str, str]:
    """
    Return the page in a language with its style and script inside, and the policy that lets nothing else run or load.

    Only the embedded page may be framed, by the origins of the deployment alone.
    """
    settings = read_settings(os.environ)
    brand, origins = brand_of(settings), tuple(each for each in settings.embed_origins if re.match(ORIGIN, each))
    metas = _metas(brand, origins if is_embedded else ())
    style = (BUILT / "console.css").read_text("utf-8")
    script = (BUILT / f"console.{language}.js").read_text("utf-8")
    page = Template((BUILT / "page.html").read_text("utf-8")).substitute(
        language=language, name=escape(brand.name or NAME), brand=metas, style=style, script=script
    )
    frames = " ".join(origins) if is_embedded and origins else "'none'"
    images = f"data: {brand.image_origin}" if brand.image_origin else "data:"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; img-src {images}; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {frames}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return page, policy


def language_of(event: Mapping[str, Any]) -> str:
    """Return the language that the address asks for, or else the first of the browser's that there is."""
    asked = (event.get("queryStringParameters") or {}).get("lang") or ""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    accepted = (part.split(";")[0].strip()[:2].lower() for part in headers.get("accept-language", "").split(","))
    return next((each for each in (asked, *accepted) if each in LANGUAGES), LANGUAGES[0])


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the page; it holds nothing of any tenant."""
    asset = (event.get("pathParameters") or {}).get("asset")
    if asset:
        return _embedding_script() if asset == "embed.js" else NO_ASSET
    is_embedded = (event.get("queryStringParameters") or {}).get("embed") == "1"
    page, policy = assembled(language_of(event), is_embedded)
    headers = {**HEADERS, "Content-Security-Policy": policy}
    if "frame-ancestors 'none'" in policy:
        headers["X-Frame-Options"] = (
            "DENY"  # it knows no list: where pages may frame this one, the policy alone says which
        )
    return {"statusCode": 200, "headers": headers, "body": page, "isBase64Encoded": False}


def _metas(brand: Brand, embed_origins: tuple[str, ...]) -> str:
    said = {"name": brand.name, "logo": brand.logo_url, "color": brand.color, "support": brand.support_url}
    said["embed-origins"] = " ".join(embed_origins)
    return "".join(
        f'<meta name="causeway-{name}" content="{escape(text, quote=True)}">' for name, text in said.items() if text
    )


def _embedding_script() -> dict[str, Any]:
    """Answer the script that a product's page mounts the console with; it may be kept for five minutes."""
    headers = {
        "Content-Type": "text/javascript; charset=utf-8",
        "Cache-Control": "public, max-age=300",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    body = (BUILT / "embed.js").read_text("utf-8")
    return {"statusCode": 200, "headers": headers, "body": body, "isBase64Encoded": False}


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
