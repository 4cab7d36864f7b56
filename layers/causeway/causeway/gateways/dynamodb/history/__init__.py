"""
What happened, in ConfigTable, beyond the runs: counts by tenant and day, and the timelines of records.

Push and pull write the counts, push writes the timelines, the API reads both. Begin with `days.py`, then `timeline.py`.
"""
