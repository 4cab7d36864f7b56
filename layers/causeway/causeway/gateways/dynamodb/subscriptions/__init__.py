"""
Subscriptions and their notices in ConfigTable.

Wiring imports it. Begin with `table.py`.
"""
