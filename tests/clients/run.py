"""
`python -m tests.clients.run`: see that no cookie reaches an org, test the TypeScript client, let jsforce tour a simulated org, ask
Salesforce's own SOQL parser.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from clients.generating.typescript import environment
from tests.clients.node import INSTALLED, PATIENCE_S, installed, tools
from tests.clients.typescript import check_typescript
from tests.support.org.edge import running_org

HERE = Path(__file__).parent
SCRIPTS = ("jsforce_tour.mjs", "soql_verdicts.mjs")
VERDICTS = HERE.parent / "unit" / "local" / "org" / "soql"
COOKIES = ("tests/integration/wiring/test_http_session.py", "tests/integration/push/test_no_cookies.py")


def main() -> int:
    """Test the TypeScript client, then install what package.json pins into .local/clients and run the tour there; return the exit code."""
    found = tools()
    if found is None or not installed(found[1], HERE / "package.json", INSTALLED, "jsforce"):
        return 1
    if code := check_cookies() or check_typescript():
        return code
    for script in SCRIPTS:
        shutil.copy(HERE / script, INSTALLED)
    with running_org() as server:
        known = {**environment(), "ORG_URL": server.origin, "SOQL_VERDICTS": str(VERDICTS)}
        return subprocess.run(
            [found[0], "--test", "--test-reporter=spec", *SCRIPTS],
            cwd=INSTALLED,
            env=known,
            check=False,
            timeout=PATIENCE_S,
        ).returncode


def check_cookies() -> int:
    """Let an org set cookies, and see that Causeway's own client sends none back; return the exit code."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *COOKIES], cwd=HERE.parents[1], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
