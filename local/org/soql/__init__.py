"""
SOQL: `parse(text)` gives a Query, `run(query, Setting(database, now_ms, ...))` its Result; both raise OrgError.

The rules of data, the resources and bulk jobs import it from here. Begin reading in this file.
"""

from .execution.evaluator import run
from .execution.plans import explained
from .execution.selection import Result, is_long_text
from .expressions.database import Setting
from .expressions.functions import AGGREGATES
from .language.syntax import Query
from .parsing.parser import parse

__all__ = ["AGGREGATES", "Query", "Result", "Setting", "explained", "is_long_text", "parse", "run"]
