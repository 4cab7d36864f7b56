"""
Build the documentation site into `.local/site`, or serve it while you write.

    python -m local.site            # build; a broken link fails
    python -m local.site --serve    # build, then serve on a free port of loopback until Ctrl-C
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from local.site.build import BuildFailed, build


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.site", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--serve", action="store_true", help="serve the site on loopback after the build")
    given = parser.parse_args()
    try:
        site = build()
    except BuildFailed as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The site is in {site}")
    if given.serve:
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(site))) as server:
            print(f"Open http://127.0.0.1:{server.server_port}/ (Ctrl-C ends)")
            server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
