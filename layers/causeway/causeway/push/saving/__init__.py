"""
Saving the planned records of a pass, and settling their tasks by what the org answers.

Only push itself may import it; begin with writes.py.
"""
