"""
Compile what `sam build` left, so that no cold start compiles: Lambda's folders of code are read-only, and keep no bytecode.

    python -m local.bytecode [.aws-sam/build]

A compiled module is used as it is, without a look at its source (PEP 552, unchecked hash): the packages' times do not matter, and the
same source makes the same layer wherever it is built, so that a deploy which changes nothing uploads nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from py_compile import PycInvalidationMode, PyCompileError, compile

from local.stack.places import BUILD

LAYER_ROOT, FUNCTION_ROOT = "/opt", "/var/task"  # where Lambda unpacks a layer and a function
AT_ONCE = 50  # files that a process takes together


def compile_build(build: Path) -> int:
    """Compile every module below the folders of functions and layers; return how many there are."""
    sources = list(sources_of(build))
    with ProcessPoolExecutor() as pool:
        return sum(pool.map(_compiled, *zip(*sources, strict=True), chunksize=AT_ONCE)) if sources else 0


def sources_of(build: Path) -> Iterator[tuple[Path, str]]:
    """Yield each module and its path on AWS."""
    for part in sorted(path for path in build.iterdir() if path.is_dir()):
        root = LAYER_ROOT if part.name.endswith("Layer") else FUNCTION_ROOT
        for source in sorted(part.rglob("*.py")):
            yield source, f"{root}/{source.relative_to(part)}"


def _compiled(source: Path, on_aws: str) -> bool:
    """Compile one module; a file that is no Python of this version (a package's test case, say) is left as it is."""
    try:
        compile(str(source), dfile=on_aws, doraise=True, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    except PyCompileError:
        return False
    return True


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.bytecode", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("build", nargs="?", type=Path, default=BUILD / "build", help="the folder that sam build wrote")
    print(f"Compiled {compile_build(parser.parse_args().build)} modules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
