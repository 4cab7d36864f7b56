"""What is written over a text that Causeway wrote before: transcripts go on, entries are added, and a stricter length fits both. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import replace
from typing import Any

from causeway.contract.outcomes import Warning
from causeway.salesforce.describe import FieldDescribe
from causeway.salesforce.values.text_fields import measure_of, refitted_text, sent_text, shown_text
from causeway.salesforce.values.texts import is_blank
from causeway.syncs.mapping.conversation import Transcript, continued_transcript, fitted_transcript, is_causeways_text
from causeway.syncs.mapping.desired import DesiredField
from causeway.syncs.mapping.entries import Appended, appended, entries_of

type IsWritten = Callable[[str, str], bool]


def is_replaceable(desired: DesiredField, current: Any) -> bool:
    """Return whether a transcript may replace what a field holds: nothing, or text that Causeway wrote."""
    return is_causeways_text(shown_text(desired.field, current) if isinstance(current, str) else current)


def continued_value(desired: DesiredField, current: Any) -> Any:
    """Return what is written of a desired value: of a transcript, together with the earlier messages that Causeway wrote."""
    if not desired.conversation or desired.always or is_blank(current) or not is_replaceable(desired, current):
        return desired.value
    return sent_text(desired.field, _continued(desired, current).text)


def _continued(desired: DesiredField, current: Any) -> Transcript:
    field = desired.field
    shown, newer = shown_text(field, str(current)), shown_text(field, str(desired.value))
    return continued_transcript(shown, newer, field.length, measure_of(field))


def dropped_messages(desired: DesiredField, value: Any) -> tuple[Warning, ...]:
    """Return a warning where earlier messages had to make room for a transcript that has room enough for itself."""
    if not desired.conversation or value == desired.value:
        return ()
    found = fitted_transcript(shown_text(desired.field, str(value)), 0, len)
    if not found.dropped:
        return ()
    detail = f"{desired.field.label} holds {desired.field.length} characters; the {found.dropped} oldest messages were left out."
    return (Warning(desired.field.name, "messages_dropped", detail),)


def with_entries(desired: DesiredField, current: Any, is_written: IsWritten) -> Appended:
    """Return the text of a field with the desired entries."""
    field, text = desired.field, current if isinstance(current, str) else ""
    return appended(field, text, entries_of(field, desired.value), lambda entry: is_written(field.name, entry))


def fitting_warnings(field: FieldDescribe, found: Appended) -> list[Warning]:
    """Return what was lost for an entry to fit."""
    holds = f"{field.label} holds {field.length} characters; "
    warnings = [Warning(field.name, "cut", f"{holds}the text that was added was cut.")] if found.is_cut else []
    if found.dropped:
        entries = "the oldest entry" if found.dropped == 1 else f"the {found.dropped} oldest entries"
        warnings.append(Warning(field.name, "entries_dropped", f"{holds}{entries} made room for the new one."))
    return warnings


def refitted_value(
    desired: DesiredField, sent: str, record: Mapping[str, Any] | None, count: str, is_written: IsWritten
) -> str | None:
    """Return what is sent of a text by a stricter count of its field's length: messages and entries whole, other text cut."""
    field = replace(desired.field, text_count=count)
    if desired.rule == "append":
        return with_entries(replace(desired, field=field), (record or {}).get(field.name), is_written).text
    if desired.conversation:
        fitted = fitted_transcript(shown_text(field, sent), field.length, measure_of(field))
        return sent_text(field, fitted.text) or None
    return refitted_text(field, sent) or None
