"""Check how one mapping row is pulled: compound fields by their parts, no files, labels of picklists only."""

from __future__ import annotations

from collections.abc import Iterator

from causeway.salesforce import field_paths
from causeway.salesforce.describe import COMPOUND_TYPES, FieldDescribe, SObjectDescribe
from causeway.syncs.checks.row_rules import row_problem
from causeway.syncs.sync import Mapping as Row
from causeway.syncs.sync import Problem, Sync

_PICKLISTS = frozenset({"picklist", "multipicklist", "combobox"})


def pull_row_problems(
    sync: Sync, describe: SObjectDescribe, row: Row, related: field_paths.Related | None
) -> Iterator[Problem]:
    """Yield what keeps a row from being pulled as it says; errors where the sync only pulls."""
    target = field_paths.field_at(describe, row.salesforce, related)
    if sync.direction == "push" or target is None:
        return
    level = "error" if sync.direction == "pull" else "warning"
    if target.type in COMPOUND_TYPES:
        message = f"{target.label} is made of several fields and cannot be pulled as one. {_parts(describe, row, target, related)}"
        yield row_problem(level, "compound_field", message, row)
    if target.type == "base64":
        message = (
            f"{target.label} holds a file, which a pull does not carry. Map Id: the product can fetch the file by it "
            f"(REST API, sObject Blob Get)."
        )
        yield row_problem(level, "file_field", message, row)
    if row.pull_as == "label" and target.type not in _PICKLISTS:
        message = f"{target.label} is no picklist, so it has no labels and its value is pulled."
        yield row_problem("warning", "option_without_effect", message, row)


def _parts(describe: SObjectDescribe, row: Row, target: FieldDescribe, related: field_paths.Related | None) -> str:
    """Return the sentence that offers the parts of a compound field, by the paths that a row takes."""
    before, dot, _ = row.salesforce.rpartition(".")
    here = field_paths.describe_at(describe, row.salesforce, related)
    names = [each.name for each in here.fields if each.compound_field_name == target.name] if here else []
    offered = ", ".join(f"{before}{dot}{name}" for name in names)
    return f"Map its parts instead: {offered}." if offered else "Map its parts instead."
