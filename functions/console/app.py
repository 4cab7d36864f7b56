"""The console: one page without a server side of its own; all data comes from /console/api. Trigger: API Gateway (REST)."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final, NamedTuple

BUILT: Final = Path(__file__).parent / "built"  # made of web/ by `make build`
LANGUAGES: Final = ("en", "de")
SETTINGS: Final = (
    "BRAND_NAME",
    "BRAND_LOGO_URL",
    "BRAND_COLOR",
    "SUPPORT_URL",
    "EMBED_ORIGINS",
)  # no other function has them
LOGO: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/%-]*")  # one address, and no more of a policy
SUPPORT: Final = re.compile(r"(?:https://|mailto:)\S+")
COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
ORIGIN: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?|http://(?:localhost|127\.0\.0\.1)(?::\d+)?")
NO_ASSET: Final = {"statusCode": 404, "headers": {"Cache-Control": "no-store"}, "body": "", "isBase64Encoded": False}


class Dress(NamedTuple):
    """How the product looks, and which origins may show the console in a frame; empty texts say nothing."""

    name: str
    logo: str
    color: str
    support: str
    embed_origins: tuple[str, ...]

    @property
    def image_sources(self) -> str:
        """Return where images may come from: the page itself, and the address of the logo."""
        return f"data: {self.logo}" if LOGO.fullmatch(self.logo) else "data:"


def dress_of(environment: Mapping[str, str]) -> Dress:
    """Return the product's dress; what does not fit its form is left out, so that it cannot widen the page's policy."""
    given = (environment.get("EMBED_ORIGINS") or "").replace(",", " ").split()
    logo, color = environment.get("BRAND_LOGO_URL") or "", environment.get("BRAND_COLOR") or ""
    support = environment.get("SUPPORT_URL") or ""
    return Dress(
        name=environment.get("BRAND_NAME") or "Causeway",
        logo=logo if LOGO.fullmatch(logo) else "",
        color=color if COLOR.fullmatch(color) else "",
        support=support if SUPPORT.fullmatch(support) else "",
        embed_origins=tuple(each for each in given if ORIGIN.fullmatch(each)),
    )


@cache
def assembled(language: str, is_embedded: bool = False) -> tuple[str, str]:
    """
    Return the page in a language with its style and script inside, and the policy that lets nothing else run or load.

    Only the embedded page may be framed, by the origins of the deployment alone.
    """
    dress = dress_of(os.environ)
    framed = is_embedded and dress.embed_origins
    style = (BUILT / "console.css").read_text("utf-8")
    script = (BUILT / f"console.{language}.js").read_text("utf-8")
    page = Template((BUILT / "page.html").read_text("utf-8")).substitute(
        language=language, name=escape(dress.name), brand=_metas(dress, is_embedded), style=style, script=script
    )
    frames = " ".join(dress.embed_origins) if framed else "'none'"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; img-src {dress.image_sources}; "
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


def _metas(dress: Dress, is_embedded: bool) -> str:
    said = {"name": dress.name, "logo": dress.logo, "color": dress.color, "support": dress.support}
    if is_embedded:
        said["embed-origins"] = " ".join(dress.embed_origins)
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
