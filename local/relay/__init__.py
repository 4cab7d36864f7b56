"""Carries what the simulated org relays to the buses of the embedded EventBridge. Begin with bridge.py."""
