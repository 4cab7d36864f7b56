"""
`python -m local.limits [--met <file>] <behaviour> …`: serve the emulator with these behaviours.

The emulator is configured by its own environment variables. `--met`: note there how often each behaviour was met.
"""

from __future__ import annotations

import argparse
import sys

from local.limits.emulator import World, put_in
from local.limits.names import NAMES


def main() -> None:
    """Serve until stopped."""
    from ministack.app import main as serve

    parser = argparse.ArgumentParser(prog="python -m local.limits", description=__doc__)
    parser.add_argument("behaviours", nargs="+", choices=NAMES)
    parser.add_argument("--met", default="")
    given = parser.parse_args()
    put_in(given.behaviours, World(met_file=given.met))
    sys.argv[1:] = []  # the emulator reads its own arguments
    serve()


if __name__ == "__main__":
    main()
