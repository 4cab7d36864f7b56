"""Builds the HTML of the connect pages: every value is escaped unless it is Html already. Pure; text templates keep the layer small."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from html import escape
from string import Template
from typing import Final, Literal

from causeway.connections.brand import NO_BRAND, Brand, luminance, readable

type Kind = Literal["shown", "mistyped", "link_refused", "attempt_unknown", "other_org", "not_ready"]


class Html(str):
    """HTML that was built here and is not escaped again."""

    __slots__ = ()


# The tokens are the console's: web/src/style/tokens.css, which a test compares.
STYLE: Final = """
:root{color-scheme:light dark;
--page:#f6f7f9;--card:#ffffff;--ink:#17202b;--quiet:#53606f;--line:#d9dfe6;--edge:#7b8794;--accent:#0b5cad;--accent-ink:#ffffff;
--good:#1a6e3c;--bad:#a8221a;--good-soft:#e5f4eb;--bad-soft:#fbe9e7}
@media(prefers-color-scheme:dark){:root{
--page:#0f141a;--card:#171e26;--ink:#e8edf2;--quiet:#a3b0be;--line:#2d3843;--edge:#748292;--accent:#7ab8f5;--accent-ink:#07131f;
--good:#7fd6a2;--bad:#ff9f96;--good-soft:#13301f;--bad-soft:#3b1a17}}
*{box-sizing:border-box}
body{margin:0;font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;background:var(--page);color:var(--ink)}
main{max-width:640px;margin:0 auto;padding:24px 16px 48px}
article{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:24px}
h1{font-size:1.4rem;line-height:1.25;margin:0 0 12px}
h2{font-size:1.05rem;margin:24px 0 8px}
p,ul,dl{margin:8px 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere;font-weight:600}
label{display:block;font-weight:600;margin:12px 0 4px}
input[type=text]{width:100%;font:inherit;padding:8px 12px;border:1px solid var(--edge);border-radius:6px;
background:var(--card);color:inherit}
button,.button{display:inline-block;font:inherit;font-weight:600;padding:8px 16px;margin-top:12px;border-radius:6px;
border:1px solid var(--accent);background:var(--accent);color:var(--accent-ink);text-decoration:none;cursor:pointer;min-height:44px}
.second{background:transparent;color:var(--accent)}a:not(.button){color:var(--accent)}
header{display:flex;gap:12px;align-items:center;padding:0 0 16px;font-weight:600}header img{height:32px;width:auto;max-width:60%}
footer{padding:16px 0 0;font-size:.95rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.note{color:var(--quiet);font-size:.95rem}
.good,.bad{border-left:4px solid;padding:8px 16px;border-radius:6px;margin:12px 0}
.good{border-color:var(--good);background:var(--good-soft)}.bad{border-color:var(--bad);background:var(--bad-soft)}
details{margin-top:24px;border-top:1px solid var(--line);padding-top:12px}summary{cursor:pointer;font-weight:600}
"""


def _hash(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


STYLE_HASH: Final = _hash(STYLE)

_PAGE: Final = Template(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    "$goes_on<title>$title</title><style>$style</style></head>\n<body><main><article>\n$content\n</article></main></body></html>\n"
)

_GOES_ON: Final = '<meta http-equiv="refresh" content="0;url=$url">'


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its HTML, what kind of answer it is (`shown`, or why not), and whether it has forms."""

    html: str
    kind: Kind = "shown"
    has_forms: bool = False


@dataclass(frozen=True, slots=True)
class Back:
    """The way back that a page offers: an address, and the words on its link."""

    url: str
    words: str


def filled(template: str, **values: object) -> Html:
    """Return the template with its `$names` filled in: text is escaped, Html stays as it is."""
    shown = {
        name: value if isinstance(value, Html) else escape(str(value), quote=True) for name, value in values.items()
    }
    return Html(Template(template).substitute(shown))


def joined(parts: list[Html]) -> Html:
    """Return parts of HTML, joined by line breaks."""
    return Html("\n".join(parts))


def page(title: str, content: Html, *, kind: Kind = "shown", goes_on: str = "") -> Page:
    """Return a whole page around its content; with `goes_on` the browser opens that address by itself."""
    head = filled(_GOES_ON, url=goes_on) if goes_on else ""
    html = _PAGE.substitute(title=escape(title), style=STYLE, content=content, goes_on=head)
    return Page(html, kind, "<form" in content)


_HEADER: Final = "<header>$logo$name</header>"
_LOGO: Final = """<img src="$url" alt="">"""
_FOOTER: Final = """<footer><a href="$url">Help</a></footer>"""
_PAGE_LIGHT: Final = luminance([0xF6, 0xF7, 0xF9])  # the darkest light ground that text in the accent stands on
_CARD_DARK: Final = luminance([0x17, 0x1E, 0x26])  # the lightest dark one


def branded(shown: Page, brand: Brand) -> Page:
    """Return a page in the product's dress: its logo and name above, its help below, its colour on buttons."""
    logo = filled(_LOGO, url=brand.logo_url) if brand.logo_url else ""
    name = filled("<span>$name</span>", name=brand.name) if brand.name else ""
    above = filled(_HEADER, logo=logo, name=name) if logo or name else ""
    below = filled(_FOOTER, url=brand.support_url) if brand.support_url else ""
    style = brand_style(brand)
    html = shown.html.replace("</head>", f"<style>{style}</style></head>", 1) if style else shown.html
    html = html.replace("<main>", f"<main>{above}", 1)
    before, end, after = html.rpartition("</main>")
    return replace(shown, html=f"{before}{below}{end}{after}")


def brand_style(brand: Brand) -> str:
    """Return the style that sets the product's colour, as it can be read on light and on dark; "" without one."""
    if not brand.color:
        return ""
    light, dark = readable(brand.color, _PAGE_LIGHT), readable(brand.color, _CARD_DARK)
    return (
        f":root{{--accent:{light};--accent-ink:#ffffff}}"
        f"@media(prefers-color-scheme:dark){{:root{{--accent:{dark};--accent-ink:#000000}}}}"
    )


def page_headers(shown: Page, *, https: bool, brand: Brand = NO_BRAND) -> dict[str, str]:
    """
    Return the headers that a page is sent with.

    Only the inline styles are loaded (by their hashes), and the logo (by its origin). Forms go only to this deployment: what
    follows one is a page that goes on by itself, because Chromium applies `form-action` to every hop of the redirects after a
    form. Nothing is cached, framed or sent as a referrer.
    """
    forms = "'self'" if shown.has_forms else "'none'"
    style = brand_style(brand)
    styles = f"'sha256-{STYLE_HASH}'" + (f" 'sha256-{_hash(style)}'" if style else "")
    policy = f"default-src 'none'; style-src {styles}; form-action {forms}; frame-ancestors 'none'; base-uri 'none'"
    policy += f"; img-src {brand.image_origin}" if brand.image_origin else ""
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000; includeSubDomains"} if https else {})
