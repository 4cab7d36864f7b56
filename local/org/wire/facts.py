"""
Facts about API versions and bodies that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

OLDEST_VERSION = 31  # D REST guide, "API end-of-life": v21-30 were retired in Summer '25
NEWEST_VERSION = 68  # Winter '27
RETIRED_VERSION_STATUS = 410  # R: 410 with UNSUPPORTED_API_VERSION; some gateways are said to answer 404
JSON_LIKE_TYPES = ("application/json", "application/xml", "text/xml", "text/csv", "application/x-www-form-urlencoded")
"""Content types that some REST resource accepts (D for JSON, XML and CSV; R: a form is accepted where no body is read)."""
NOT_ALLOWED = "HTTP Method '{method}' not allowed. Allowed are {allowed}"  # C a client's run log: `GET,HEAD,POST`
