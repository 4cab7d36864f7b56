"""The product's colour is made readable, whatever it is; its logo is allowed by its origin alone."""

from __future__ import annotations

import pytest
from causeway.connections.brand import READABLE, Brand, brand_of, contrast, luminance, readable
from causeway.settings import Settings

COLORS = ["#000000", "#ffffff", "#ffff00", "#0b5cab", "#ff0000", "#00ff88", "#777777", "#FDE047"]
DARK = luminance([0x19, 0x21, 0x2B])


def contrast_of(color: str, background: float) -> float:
    return contrast(luminance([int(color[place : place + 2], 16) for place in (1, 3, 5)]), background)


@pytest.mark.parametrize("color", COLORS)
def test_any_colour_can_be_read_on_light_and_on_dark(color: str) -> None:
    for background in (1.0, DARK):
        assert contrast_of(readable(color, background), background) >= READABLE


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable("#0b5cab") == "#0b5cab"


def test_what_the_deployment_does_not_say_is_none() -> None:
    assert brand_of(Settings()) == Brand(None, None, None, None)
    given = Settings(brand_name="Northwind", brand_logo_url="https://cdn.example.com/a/logo.svg")
    assert brand_of(given).image_origin == "https://cdn.example.com"


@pytest.mark.parametrize(
    "logo", ["https://a.example/x; script-src *", "http://a.example/x", "https://a.example/x y", "javascript:alert(1)"]
)
def test_what_does_not_fit_its_form_is_left_out(logo: str) -> None:
    given = Settings(brand_logo_url=logo, brand_color="red;}body{display:none", support_url="javascript:alert(1)")
    assert brand_of(given) == Brand()
