"""
Facts about the edge in front of an org that no live org confirmed, or that a release may change: one constant each, with its source.

Confidence: D official text · C seen in third-party code or captured answers · R remembered. README.md lists the doubtful ones.
"""

from __future__ import annotations

EDGE_PAGES = {  # C: seen by airbyte and jsforce for 414; the others follow the same server's pattern (R)
    400: "<h1>Bad Message 400</h1><pre>reason: Bad Request</pre>",
    413: "<h1>Bad Message 413</h1><pre>reason: Payload Too Large</pre>",
    414: "<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>",
    431: "<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>",
}
CHALLENGE_OF_A_401 = "Token"  # R: the WWW-Authenticate header of a REST 401
BROWSER_COOKIE = "BrowserId=Rm9yVGVzdHNPbmx5LTEyMzQ; path=/; Max-Age=31536000"
"""C: captured answers set BrowserId on every answer, REST and OAuth alike; its `domain` is left out, so that clients of a
loopback address would keep it too."""
