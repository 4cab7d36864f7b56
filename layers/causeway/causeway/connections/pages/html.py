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


STYLE: Final = """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;font:100%/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;background:#f4f6f9;color:#16202c}
main{max-width:36rem;margin:0 auto;padding:1.5rem 1rem 3rem}
article{background:#fff;border:1px solid #d5dbe3;border-radius:.75rem;padding:1.25rem 1.25rem 1.5rem}
h1{font-size:1.4rem;line-height:1.25;margin:.25rem 0 .75rem}
h2{font-size:1.05rem;margin:1.5rem 0 .5rem}
p,ul,dl{margin:.5rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
dt{color:#4a5868}dd{margin:0;overflow-wrap:anywhere;font-weight:600}
label{display:block;font-weight:600;margin:.75rem 0 .25rem}
input[type=text]{width:100%;font:inherit;padding:.6rem .7rem;border:1px solid #6b7a8c;border-radius:.5rem;background:#fff;color:#16202c}
button,.button{display:inline-block;font:inherit;font-weight:600;padding:.65rem 1.2rem;margin-top:.9rem;border-radius:.5rem;
border:1px solid var(--brand,#0b5cab);background:var(--brand,#0b5cab);color:#fff;text-decoration:none;cursor:pointer;min-height:2.75rem}
.second{background:transparent;color:var(--brand,#0b5cab)}
header{display:flex;gap:.75rem;align-items:center;padding:0 0 1rem;font-weight:600}header img{height:2rem;width:auto;max-width:60%}
footer{padding:1rem 0 0;font-size:.95rem}
:focus-visible{outline:3px solid #f2a900;outline-offset:2px}
.note{color:#4a5868;font-size:.95rem}
.good,.bad{border-left:.35rem solid;padding:.5rem .9rem;border-radius:.25rem;margin:.75rem 0}
.good{border-color:#1b7f4b;background:#e8f5ee}.bad{border-color:#b3261e;background:#fbeceb}
details{margin-top:1.25rem;border-top:1px solid #d5dbe3;padding-top:.75rem}summary{cursor:pointer;font-weight:600}
@media(prefers-color-scheme:dark){body{background:#10151c;color:#e7ecf2}article{background:#19212b;border-color:#33404f}
input[type=text]{background:#10151c;color:#e7ecf2}.note,dt{color:#a9b6c5}.good{background:#12301f}.bad{background:#3a1715}
.second{color:var(--brand-dark,#8ec2ff);border-color:var(--brand-dark,#8ec2ff)}details{border-color:#33404f}}
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
_DARK_CARD: Final = luminance([0x19, 0x21, 0x2B])


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
    return f":root{{--brand:{readable(brand.color)};--brand-dark:{readable(brand.color, _DARK_CARD)}}}"


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
