"""
Facts about change events that no live org confirmed: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

EMPTY_UPDATES_PUBLISH = False  # R: a save that changes nothing but LastModifiedDate publishes no event
