"""The layers and functions as `make build` leaves them, and interpreters that see them and boto3 alone, as on AWS."""

from __future__ import annotations

import compileall
import os
import py_compile
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path

from local.bytecode import compile_build
from local.stack.deploy import architecture
from local.stack.places import BUILD, ROOT, VENV_BIN

LAYERS = ("CausewayLayer", "DependenciesLayer")


def build(into: Path) -> Path:
    """Build functions and layers for this machine's processor, compile them, and return their folder."""
    environment = {
        **os.environ,
        "PATH": f"{VENV_BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "SAM_CLI_TELEMETRY": "0",
    }
    command = [str(VENV_BIN / "sam"), "build", "--cached", "--parallel", "--template-file", str(ROOT / "template.yaml")]
    command += ["--build-dir", str(into), "--cache-dir", str(BUILD / "cache")]
    command += ["--parameter-overrides", f"Architecture={architecture()}"]
    subprocess.run(command, check=True, env=environment, capture_output=True, cwd=ROOT)
    compile_build(into)
    return into


def without_bytecode(layer: Path, into: Path) -> Path:
    """Copy a built layer's packages without what was compiled, as `sam build` alone leaves them."""
    shutil.copytree(layer, into, ignore=shutil.ignore_patterns("__pycache__"))
    return into


def boto3_folder(path: Path) -> Path:
    """Fill a folder with the pinned boto3 and its requirements alone, compiled, as the Lambda runtime has them; return it."""
    path.mkdir(exist_ok=True)
    for each in _closure("boto3").values():
        for name in {file.parts[0] for file in each.files or [] if ".." not in file.parts}:
            _copy(Path(str(each.locate_file(name))), path / name)
    compileall.compile_dir(path, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return path


def _copy(package: Path, into: Path) -> None:
    if package.is_dir():
        shutil.copytree(package, into, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    else:
        shutil.copy(package, into)


def run_with(
    path: Sequence[Path], code: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter that sees the standard library and these folders only, and writes no bytecode, as on AWS."""
    code = f"import sys; sys.path[:0] = {[str(folder) for folder in path]!r}\n{code}"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code],
        env={"PATH": os.defpath, "AWS_REGION": "us-east-1", **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def _closure(name: str) -> dict[str, Distribution]:
    """Return a pinned package and all it requires, extras left out."""
    found: dict[str, Distribution] = {}
    wanted = [name]
    while wanted:
        each = wanted.pop()
        if each not in found:
            found[each] = distribution(each)
            requires = [line for line in found[each].requires or [] if "extra ==" not in line]
            wanted += [re.split(r"[^A-Za-z0-9_.-]", line, maxsplit=1)[0] for line in requires]
    return found
