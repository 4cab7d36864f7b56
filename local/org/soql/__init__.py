"""
SOQL: `parse(text)` gives a Query, `run(query, Setting(database, now_ms, ...))` its Result; both raise OrgError.

The rules of data, the resources and bulk jobs import it from here. Begin reading in this file.
"""

from local.org.soql.execution.evaluator import run
from local.org.soql.execution.plans import explained
from local.org.soql.execution.selection import Result
from local.org.soql.expressions.database import Setting
from local.org.soql.expressions.functions import AGGREGATES
from local.org.soql.language.syntax import Query
from local.org.soql.parsing.parser import parse

__all__ = ["AGGREGATES", "Query", "Result", "Setting", "explained", "parse", "run"]
