"""Structured logs and metrics that carry tenant, sync and run ids and never personal data or secrets."""

from __future__ import annotations

from aws_lambda_powertools import Logger, Metrics

logger = Logger()
metrics = Metrics()
