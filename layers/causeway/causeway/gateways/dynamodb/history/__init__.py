"""
What happened, in ConfigTable, beyond the runs: counts by tenant and day.

Push and pull write it, the API reads it. Begin with `days.py`.
"""
