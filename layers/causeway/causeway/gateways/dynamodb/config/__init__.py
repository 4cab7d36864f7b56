"""
ConfigTable: connections, syncs, describes, fields, history, and how far pulls have come.

Wiring may import it. Begin with connections.py and syncs.py; what pulls need begins in checkpoints.py.
"""
