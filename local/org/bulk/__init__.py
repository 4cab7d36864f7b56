"""Bulk API 2.0 query and ingest jobs. Only the app's routes and state may import it; begin with job_store.py."""
