"""Where the stack of this checkout keeps things. All but the build cache lies in one folder, .local/, that goes when the stack goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Path(
    os.environ.get("CAUSEWAY_LOCAL", ROOT / ".local")
).resolve()  # another folder makes a second stack possible
STACK_FILE = LOCAL / "stack.json"
PROCESSES_FILE = LOCAL / "processes.json"
API_ID_FILE = LOCAL / "api_id"
BUILD = ROOT / ".aws-sam"
VENV_BIN = Path(sys.executable).parent
STACK_NAME = "causeway"
REGION = "us-east-1"
TEST_KEY = "test"  # the emulator's root: any secret will do, signatures are not verified for it

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")


def clean_environment(**more: str) -> dict[str, str]:
    """
    Return an environment that holds nothing of the caller's but the search path and language.

    Lambdas inherit what the emulator has; a key or endpoint of the caller's must not reach them.
    """
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    kept["PATH"] = f"{VENV_BIN}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return {**kept, "HOME": str(_made(LOCAL / "home")), "TMPDIR": str(_made(LOCAL / "tmp")), **more}


def tool_environment(**more: str) -> dict[str, str]:
    """Return the caller's environment for the SAM CLI (its package settings are needed) without any AWS setting of theirs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "PATH": f"{VENV_BIN}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "AWS_ACCESS_KEY_ID": TEST_KEY,
        "AWS_SECRET_ACCESS_KEY": TEST_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "TMPDIR": str(_made(LOCAL / "tmp")),
        "NO_PROXY": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(_made(LOCAL / "sam")),
        **more,
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
