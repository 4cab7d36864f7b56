"""The product's own dress on pages: its name, logo, colour and help, from the deployment's parameters. Pure."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Protocol
from urllib.parse import urlsplit

LOGO: Final = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/%-]*")  # one address, and no more of a policy
COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
SUPPORT: Final = re.compile(r"(?:https://|mailto:)\S+")

READABLE = 4.5  # least contrast of text (WCAG 2.2, 1.4.3)
_WHITE = 1.0  # relative luminance
_STEPS = 40


class BrandSettings(Protocol):
    """The settings of the brand: see settings.py."""

    @property
    def brand_name(self) -> str: ...
    @property
    def brand_logo_url(self) -> str: ...
    @property
    def brand_color(self) -> str: ...
    @property
    def support_url(self) -> str: ...


class Brand(NamedTuple):
    """What the deployment says of the product; None where it says nothing."""

    name: str | None = None
    logo_url: str | None = None
    color: str | None = None
    support_url: str | None = None

    @property
    def image_origin(self) -> str | None:
        """Return the origin that a page must allow images of, None without a logo."""
        if not self.logo_url:
            return None
        parts = urlsplit(self.logo_url)
        return f"{parts.scheme}://{parts.netloc}"


NO_BRAND = Brand()


def brand_of(settings: BrandSettings) -> Brand:
    """Return the brand of a deployment; what does not fit its form is left out, so that it cannot widen a page's policy."""
    return Brand(
        settings.brand_name or None,
        _fitting(LOGO, settings.brand_logo_url),
        _fitting(COLOR, settings.brand_color),
        _fitting(SUPPORT, settings.support_url),
    )


def _fitting(form: re.Pattern[str], text: str) -> str | None:
    return text if form.fullmatch(text) else None


def readable(color: str, background: float = _WHITE) -> str:
    """
    Return a colour (`#rrggbb`) with enough contrast to a background of that relative luminance; the same where it has it.

    Towards black on a light background, towards white on a dark one.
    """
    parts = [int(color[place : place + 2], 16) for place in (1, 3, 5)]
    target = 0 if background > 0.18 else 255  # where black and white contrast alike
    for step in range(_STEPS + 1):
        mixed = [round(part + (target - part) * step / _STEPS) for part in parts]
        if contrast(luminance(mixed), background) >= READABLE:
            return "#" + "".join(f"{part:02x}" for part in mixed)
    return "#000000" if target == 0 else "#ffffff"


def contrast(one: float, other: float) -> float:
    """Return the contrast of two relative luminances (WCAG 2.2)."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance(parts: list[int]) -> float:
    """Return the relative luminance of red, green and blue, 0 to 255 each (WCAG 2.2)."""
    red, green, blue = (_linear(part / 255) for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
