"""Queues, clocks and deployments that the tests and campaigns of the client packages use; begin with queues.py."""
