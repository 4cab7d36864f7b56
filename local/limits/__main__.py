"""`python -m local.limits <behaviour> …`: serve the emulator with these behaviours, configured by its own environment variables."""

from __future__ import annotations

import sys

from local.limits.emulator import put_in


def main() -> None:
    """Serve until stopped."""
    from ministack.app import main as serve

    put_in(sys.argv[1:])
    sys.argv[1:] = []  # the emulator reads its own arguments
    serve()


if __name__ == "__main__":
    main()
