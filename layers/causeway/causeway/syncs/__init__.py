"""
The rules that tie a source of the product to an sObject: syncs, their mappings, filters and schedules, and their checks.

Every capability above imports it (connections, parked, push, pull). Begin with `sync.py`.
"""
