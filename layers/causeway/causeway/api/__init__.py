"""
The HTTP API: one table of routes for backends (IAM) and browsers (session). The only package that knows HTTP statuses.

Handlers import it. Begin with `routing.py`, then `table.py`.
"""
