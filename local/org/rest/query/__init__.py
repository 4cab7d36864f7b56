"""SOQL over REST, its pages and the Tooling API's one query. Bulk query jobs may import it; begin with queries.py."""
