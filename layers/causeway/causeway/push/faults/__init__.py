"""
Tells faults of this code from failures of services, and ends alone the change that met one.

Every step of push may import it. Begin with `crashes.py`.
"""
