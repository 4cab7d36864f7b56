"""
What surrounds the org: HTTP, the audit log, and faults on the way. Control and view may import it; begin with
edge.py.
"""
