"""
What a save accepts: field values, rules of the org, validation, duplicate and assignment rules.

Saving, declaring, the resources and bulk jobs may import it; begin with save_rules.py.
"""
