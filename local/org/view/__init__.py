"""A read-only web view of records and requests. Only the app's routes may import it; begin with routes.py."""
