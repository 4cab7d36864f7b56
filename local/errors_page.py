"""docs/errors.md, made of the registered codes."""

from __future__ import annotations

from causeway.contract.code_entry import Kind
from causeway.contract.codes import CODES

SECTIONS: dict[Kind, tuple[str, str]] = {
    "outcome": (
        "Outcomes",
        "Why a change was skipped, rejected or waits (`code` of an outcome, and of a parked change). Salesforce's own status "
        "codes appear as `salesforce:<STATUS_CODE>`, with Salesforce's sentence.",
    ),
    "warning": ("Warnings", "What was not done as asked with one field; the rest of the change was written."),
    "problem": (
        "Problems of a sync",
        "What the save check or the drift check found; errors block enabling, warnings do not.",
    ),
}


def errors_page() -> str:
    """Return the page as Markdown."""
    lines = ["# Codes", "", "Generated from `causeway/contract/codes.py` by `python -m local.documents`.", ""]
    for kind, (title, about) in SECTIONS.items():
        lines += [f"## {title}", "", about, "", "| code | what happened | what to do |", "| --- | --- | --- |"]
        entries = sorted((code, entry) for code, entry in CODES.items() if entry.kind == kind)
        lines += [f"| `{code}` | {entry.sentence} | {entry.remedy} |" for code, entry in entries]
        lines.append("")
    return "\n".join(lines)
