"""Structured logs and metrics that carry tenant, sync and run ids and never personal data or secrets."""

from __future__ import annotations

import os
import traceback

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics(namespace="Causeway")
metrics.set_default_dimensions(stack=os.environ.get("STACK_NAME", "local"))  # two stacks of an account stay apart


def frames_of(error: BaseException) -> list[str]:
    """Return where an error came from, innermost last, without its text, which could hold a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename.rpartition('causeway/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
