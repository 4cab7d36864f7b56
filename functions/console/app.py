"""The console: one page without a server side of its own; all data comes from /console/api. Trigger: API Gateway (REST)."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

PARTS = Path(__file__).parent / "page"
SCRIPTS = (
    "dom.js",
    "api.js",
    "connection.js",
    "mapping.js",
    "pulls.js",
    "syncs.js",
    "parked.js",
    "history.js",
    "usage.js",
    "tenants.js",
    "console.js",
)


def assembled() -> tuple[str, str]:
    """Return the page with its style and scripts inside, and the policy that lets nothing else run, load or frame it."""
    style = (PARTS / "console.css").read_text()
    script = '"use strict";\n' + "\n".join((PARTS / name).read_text() for name in SCRIPTS)
    page = (PARTS / "console.html").read_text().replace("/*style*/", style).replace("/*script*/", script)
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    )
    return page, policy


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


PAGE, POLICY = assembled()
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the page; it holds nothing of any tenant."""
    return {"statusCode": 200, "headers": HEADERS, "body": PAGE, "isBase64Encoded": False}
