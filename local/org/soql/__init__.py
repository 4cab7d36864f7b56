"""SOQL: `parse(text)` gives a Query, `run(query, database, now_ms, ...)` its Result; both raise OrgError."""

from local.org.soql.evaluator import Result, run
from local.org.soql.parser import parse
from local.org.soql.syntax import Query

__all__ = ["Query", "Result", "parse", "run"]
