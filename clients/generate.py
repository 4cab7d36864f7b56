"""
Write the models and routes of the client packages from docs/schemas and docs/openapi.json.

    python -m clients.generate            writes them
    python -m clients.generate --check    exits 1 and names the files that are not current

The models come from datamodel-code-generator (Python), json-schema-to-typescript and openapi-typescript (TypeScript, see
clients/typescript/package.json). The methods of the API are one line for each operation of the OpenAPI document.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from clients.generating.python_models import python_models
from clients.generating.python_routes import python_routes
from clients.generating.typescript import generate as generate_typescript

ROOT = Path(__file__).resolve().parents[1]


def generated() -> dict[Path, str]:
    """Return every generated file of the Python package by its path; the TypeScript package has tools of its own."""
    return {**python_models(ROOT), **python_routes(ROOT)}


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or with `--check` say which are not current; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the models and routes of the client packages.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file is not current")
    parser.add_argument("--python-only", action="store_true", help="leave the TypeScript package alone; needs no npm")
    options = parser.parse_args(arguments)
    outdated = {path: text for path, text in generated().items() if _present(path) != text}
    for path, text in outdated.items():
        if not options.check:
            path.write_text(text, encoding="utf-8")
        print(f"{'not current' if options.check else 'written'}: {path.relative_to(ROOT)}")
    typescript = 0 if options.python_only else generate_typescript(check=options.check)
    return typescript or (1 if options.check and outdated else 0)


def _present(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
