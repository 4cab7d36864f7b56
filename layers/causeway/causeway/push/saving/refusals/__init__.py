"""
What a refusal of the org means for a record: use another record, go without a value, try it again, or reject it.

Only saving itself may import it; begin with refused_records.py.
"""
