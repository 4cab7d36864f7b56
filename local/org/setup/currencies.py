"""The active currencies of an org with multiple currencies: conversion rates by ISO code, the corporate one first."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..wire.messages import OrgError

ISO_CODE = re.compile(r"[A-Z]{3}")


def checked_currencies(rates: Mapping[str, float]) -> None:
    """Raise INVALID_FIELD unless every currency has an ISO code and a rate above 0, and the first, the corporate one, the rate 1."""
    if any(not ISO_CODE.fullmatch(code) or rate <= 0 for code, rate in rates.items()):
        raise OrgError("INVALID_FIELD", "Setting 'currencies' has a rate above 0 for each ISO code, such as EUR.")
    if rates and next(iter(rates.values())) != 1:
        raise OrgError(
            "INVALID_FIELD", "The first of the setting 'currencies' is the corporate currency; its rate is 1."
        )
