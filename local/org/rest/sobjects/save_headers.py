"""The headers that change how records are saved (REST API guide, Duplicate Rule Header and Assignment Rule Header)."""

from __future__ import annotations

from ...data.rules.save_results import SaveOptions
from ...wire.call import Call
from ...wire.messages import OrgError
from .. import facts


def save_options(call: Call[object], *, all_or_none: bool = False, reject_request_faults: bool = False) -> SaveOptions:
    """Return the request's choices; both headers hold for every record of it."""
    header = call.request.headers.get("sforce-duplicate-rule-header", "")
    duplicates = _choices(header) if call.version >= facts.DUPLICATE_HEADER_SINCE else {}
    return SaveOptions(
        allow_save=duplicates.get("allowsave") == "true",
        include_record_details=duplicates.get("includerecorddetails") == "true",
        auto_assign=_auto_assign(call.request.headers.get("sforce-auto-assign", "")),
        all_or_none=all_or_none,
        reject_request_faults=reject_request_faults,
        version=call.version,
    )


def check_version(call: Call[object], since: float) -> None:
    """Raise NOT_FOUND for a resource that the request's API version does not have yet."""
    if call.version < since:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)


def _choices(header: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in header.replace(",", ";").split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs if name.strip()}


def _auto_assign(header: str) -> bool | str:
    value = header.strip()
    if not value:
        return facts.AUTO_ASSIGN_BY_DEFAULT
    return {"true": True, "false": False}.get(value.lower(), value)
