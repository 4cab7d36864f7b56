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
from tests.clients.typescript import check_typescript
from tests.support.org.edge import running_org

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".local" / "clients"
SCRIPTS = ("jsforce_tour.mjs", "soql_verdicts.mjs")
VERDICTS = HERE.parent / "unit" / "local" / "org" / "soql"
COOKIES = ("tests/integration/wiring/test_http_session.py", "tests/integration/push/test_no_cookies.py")
PATIENCE_S = 600
OLDEST_NODE = 20


def main() -> int:
    """Test the TypeScript client, then install what package.json pins into .local/clients and run the tour there; return the exit code."""
    path = environment()["PATH"]
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if node is None or npm is None or node_version(node) < OLDEST_NODE:
        print(
            f"The JavaScript client tour needs Node {OLDEST_NODE} or newer with npm on the PATH: install it, then run this again.",
            file=sys.stderr,
        )
        return 1
    if not install(npm):
        print(
            "npm could not install the clients that tests/clients/package.json pins; its messages are above.",
            file=sys.stderr,
        )
        return 1
    if code := check_cookies() or check_typescript():
        return code
    for script in SCRIPTS:
        shutil.copy(HERE / script, INSTALLED)
    with running_org() as server:
        known = {**environment(), "ORG_URL": server.origin, "SOQL_VERDICTS": str(VERDICTS)}
        return subprocess.run(
            [node, "--test", "--test-reporter=spec", *SCRIPTS],
            cwd=INSTALLED,
            env=known,
            check=False,
            timeout=PATIENCE_S,
        ).returncode


def check_cookies() -> int:
    """Let an org set cookies, and see that Causeway's own client sends none back; return the exit code."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *COOKIES], cwd=HERE.parents[1], check=False).returncode


def node_version(node: str) -> int:
    """Return the major version of Node, such as 20."""
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(version.removeprefix("v").partition(".")[0] or 0)


def install(npm: str) -> bool:
    """Install the pinned clients without their install scripts and without a lock file, unless they are already there."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted, present = HERE / "package.json", INSTALLED / "package.json"
    if (
        (INSTALLED / "node_modules" / "jsforce").is_dir()
        and present.is_file()
        and present.read_bytes() == wanted.read_bytes()
    ):
        return True
    shutil.copy(wanted, present)
    command = [npm, "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    return subprocess.run(command, cwd=INSTALLED, check=False, timeout=PATIENCE_S).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
