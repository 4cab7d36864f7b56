"""The HTTP API: one table of routes, mounted for backends (IAM) and for browsers (session). The only package that knows HTTP statuses."""
