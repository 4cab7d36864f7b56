"""What a person reads when something failed: what happened, the functions' last errors, where the logs are, what to type next."""

from __future__ import annotations

import json
import sys
import traceback
from types import TracebackType

from local.stack.function_errors import last_errors
from local.stack.places import RUNTIME, STACK_FILE

UNEXPECTED = RUNTIME / "unexpected.log"
WHERE_TO_LOOK = """\
What was started still runs and its logs are kept, for a look:
  {folder}
    aws.log       the emulated AWS, and what the functions printed
    org.log       the simulated Salesforce org
    sam-build.log, sam-deploy.log, demo.log
When you have looked: make down"""


def explained(failure: object) -> str:
    """Return the failure with the last errors of the functions and where to look."""
    errors = last_errors(_endpoint()) if STACK_FILE.exists() else []
    shown = ["The last errors of the functions:", *(f"  {error}" for error in errors)] if errors else []
    return "\n".join([str(failure), *shown, WHERE_TO_LOOK.format(folder=RUNTIME)])


def show_no_traceback() -> None:
    """From here on, write an error that nobody expected to a file and say where, instead of showing its traceback."""
    sys.excepthook = _write_down


def _write_down(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    RUNTIME.mkdir(parents=True, exist_ok=True)
    UNEXPECTED.write_text("".join(traceback.format_exception(kind, error, trace)), encoding="utf-8")
    sentence = f"✘ This failed in a way that nobody expected: {kind.__name__}: {error}"
    print(f"\n{sentence}\nIts details, worth a bug report, are in {UNEXPECTED}.\n{explained('')}", file=sys.stderr)


def _endpoint() -> str:
    endpoint: str = json.loads(STACK_FILE.read_text(encoding="utf-8"))["aws_endpoint"]
    return endpoint
