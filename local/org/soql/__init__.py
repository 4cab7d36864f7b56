"""SOQL: `parse(text)` gives a Query, `run(query, database, now_ms)` or `run_in(query, setting)` its Result; all raise OrgError."""

from local.org.soql.database import Setting
from local.org.soql.evaluator import Result, run, run_in
from local.org.soql.functions import AGGREGATES
from local.org.soql.parser import parse
from local.org.soql.syntax import Query

__all__ = ["AGGREGATES", "Query", "Result", "Setting", "parse", "run", "run_in"]
