"""
Checks a sync against the org: before it is saved, and when the org's describe changes.

The management of syncs imports it. Begin with `save_check.py`.
"""
