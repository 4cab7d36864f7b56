"""Clients that others made, each in an environment of its own, touring a running simulated org: `python -m tests.clients.others`."""
