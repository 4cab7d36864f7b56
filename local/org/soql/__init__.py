"""SOQL: `parse(text)` gives a Query, `run(query, Setting(database, now_ms, ...))` its Result; both raise OrgError."""

from local.org.soql.database import Setting
from local.org.soql.evaluator import run
from local.org.soql.functions import AGGREGATES
from local.org.soql.parser import parse
from local.org.soql.plans import explained
from local.org.soql.selection import Result
from local.org.soql.syntax import Query

__all__ = ["AGGREGATES", "Query", "Result", "Setting", "explained", "parse", "run"]
