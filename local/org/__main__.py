"""`simulated-salesforce --port 8090 [--seed N] [--schema PATH]`, here `python -m local.org`: serve an org until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

from .app import Org
from .serving import OrgServer
from .wire.messages import OrgError


def main() -> int:
    """Serve; print one line with the URL once requests are answered."""
    arguments = _parser().parse_args()
    try:
        org = Org(arguments.seed, arguments.schema)
        server = OrgServer(org, arguments.port, arguments.host, arguments.origin)
    except (OSError, ValueError, OrgError) as error:
        print(f"The org cannot start: {error}. Choose another --port or check the --schema file.", file=sys.stderr)
        return 1
    serving = threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.1})
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    serving.start()
    print(f"Simulated Salesforce org ready on {server.origin}", flush=True)
    stopped.wait()
    server.shutdown()
    server.server_close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulated-salesforce", description="Serve a simulated Salesforce org.")
    parser.add_argument("--port", type=int, default=8090, help="0 takes a free one (default 8090)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 in a container")
    parser.add_argument(
        "--origin",
        default="",
        help="address that clients reach it at, named in tokens and pages (http://127.0.0.1:<port>)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="decides ids and tokens; other seeds are other orgs (default 1)"
    )
    parser.add_argument(
        "--schema", type=Path, help="JSON file, or folder of them: declarations (SCHEMA.md) and captured describes"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
