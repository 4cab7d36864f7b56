"""`simulated-salesforce --port 8090 [--schema PATH] [--facts FILE]`, here `python -m local.org`: serve an org until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from .measured import UnreadableFacts, differences, read, take_over


def main() -> int:
    """Serve; print one line with the URL once requests are answered."""
    arguments = parser().parse_args()
    try:
        settings = _taken_over(arguments.facts) if arguments.facts else {}
    except (OSError, UnreadableFacts) as error:
        print(f"The org cannot start: {error}. Write the --facts file with `causeway verify-org`.", file=sys.stderr)
        return 1
    return _serve(arguments, settings)


def _taken_over(path: Path) -> dict[str, Any]:
    """Assume what a real org answered, print what that changes, and return the settings that the org begins with."""
    answers = read(path)
    for each in differences(answers):
        print(each)
    return take_over(answers)


def _serve(arguments: argparse.Namespace, settings: dict[str, Any]) -> int:
    from .app import Org  # not before the facts are taken over: modules copy constants as they load
    from .serving import OrgServer, certified
    from .wire.messages import OrgError

    try:
        org = Org(arguments.seed, arguments.schema, settings)
        tls = certified(arguments.tls_cert, arguments.tls_key)
        server = OrgServer(org, arguments.port, arguments.host, arguments.origin, tls)
    except (OSError, ValueError, OrgError) as error:
        print(
            f"The org cannot start: {error}. Choose another --port or check the files that it was given.",
            file=sys.stderr,
        )
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


def parser() -> argparse.ArgumentParser:
    """Return what reads the command's options."""
    reader = argparse.ArgumentParser(prog="simulated-salesforce", description="Serve a simulated Salesforce org.")
    reader.add_argument("--port", type=int, default=8090, help="0 takes a free one (default 8090)")
    reader.add_argument("--host", default="127.0.0.1", help="address to listen at; 0.0.0.0 in a container")
    reader.add_argument(
        "--origin",
        default="",
        help="address that clients reach it at, named in tokens and pages (http://127.0.0.1:<port>)",
    )
    reader.add_argument(
        "--seed", type=int, default=1, help="decides ids and tokens; other seeds are other orgs (default 1)"
    )
    reader.add_argument(
        "--schema", type=Path, help="JSON file, or folder of them: declarations (SCHEMA.md) and captured describes"
    )
    reader.add_argument(
        "--tls-cert", type=Path, help="PEM file of a certificate; the org is then served over HTTPS alone"
    )
    reader.add_argument("--tls-key", type=Path, help="PEM file of the certificate's key")
    reader.add_argument(
        "--facts", type=Path, help="org-facts.json of `causeway verify-org`: print what differs from it, and behave so"
    )
    return reader


if __name__ == "__main__":
    sys.exit(main())
