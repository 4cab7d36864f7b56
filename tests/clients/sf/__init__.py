"""Salesforce's own command line, `sf`, against a running simulated org: `python -m tests.clients.sf`."""
