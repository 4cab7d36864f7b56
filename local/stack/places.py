"""Where the stack of this checkout keeps things: .local/stack.json, a folder next to it that is removed with the stack, a build cache."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = Path(
    os.environ.get("CAUSEWAY_LOCAL", ROOT / ".local")
).resolve()  # another folder makes a second stack possible
STACK_FILE = LOCAL / "stack.json"
RUNTIME = (
    LOCAL / "causeway-stack"
)  # all that the stack writes while it runs; nothing else in .local/ is the stack's to remove
PROCESSES_FILE = RUNTIME / "processes.json"
API_ID_FILE = RUNTIME / "api_id"
ORG_FILE = RUNTIME / "org.json"
TROUBLES_FILE = RUNTIME / "relay.json"  # what is to happen to relayed events; see local/relay/bridge.py
CERTIFICATES = RUNTIME / "certificates"  # of the org, where it is reached by TLS
BUILD = ROOT / ".aws-sam"
VENV_BIN = Path(sys.executable).parent
STACK_NAME = "causeway"
REGION = "us-east-1"
TEST_KEY = "test"  # the emulator's root: any secret will do, signatures are not verified for it

# In a container, ports are published before anything listens on them, so they must be known; elsewhere any free port will do.
API_PORT, ORG_PORT, AWS_PORT = (int(os.environ.get(f"CAUSEWAY_{name}_PORT", 0)) for name in ("API", "ORG", "AWS"))

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")


def clean_environment(**more: str) -> dict[str, str]:
    """
    Return an environment that holds nothing of the caller's but the search path and language.

    Lambdas inherit what the emulator has; a key or endpoint of the caller's must not reach them.
    """
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    kept["PATH"] = f"{VENV_BIN}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return {**kept, "HOME": str(RUNTIME / "home"), "TMPDIR": str(RUNTIME / "tmp"), **more}


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
        "TMPDIR": str(RUNTIME / "tmp"),
        "NO_PROXY": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(RUNTIME / "sam"),
        **more,
    }


def make_folders() -> None:
    """Make the folders that the environments above name."""
    for name in ("home", "tmp", "sam"):
        (RUNTIME / name).mkdir(parents=True)


def remove_folders() -> None:
    """Remove what the stack wrote, and .local/ itself when nobody else keeps anything there."""
    shutil.rmtree(RUNTIME, ignore_errors=True)
    STACK_FILE.unlink(missing_ok=True)
    if LOCAL.is_dir() and not any(LOCAL.iterdir()):
        LOCAL.rmdir()
