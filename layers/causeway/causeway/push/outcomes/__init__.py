"""
Publishes what became of changes: parked entries, history, signals and outbound messages.

Push's batch and tenant import it. Begin with `publish.py`.
"""
