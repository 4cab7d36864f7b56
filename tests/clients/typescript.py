"""The TypeScript client: its models are current, it and the examples of its README compile, and its tests pass."""

from __future__ import annotations

import re
import shutil

from clients.generating.typescript import PACKAGE, generate, run

EXAMPLES = PACKAGE / "test" / "readme"


def check_typescript() -> int:
    """Check models, examples and tests in that order; return the first exit code that is not 0."""
    write_examples((PACKAGE / "README.md").read_text(encoding="utf-8"))
    try:
        return generate(check=True) or run("npm", "test", "--silent")
    finally:
        shutil.rmtree(EXAMPLES, ignore_errors=True)


def write_examples(page: str) -> None:
    """Write each example of a page as a module beside the tests, with the package's name leading to its source."""
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    for place, text in enumerate(re.findall(r"^```ts\n(.*?)^```", page, re.DOTALL | re.MULTILINE), start=1):
        source = text.replace("'causeway-client'", "'../../src/index.js'")
        (EXAMPLES / f"example{place}.ts").write_text(f"{source}\nexport {{}};\n", encoding="utf-8")
