"""
Decides what becomes of each task: prepare it, read the org, match it with a record, plan that record's save.

Push's use cases and saving import it. Begin with `decide.py`, which names the steps in order.
"""
