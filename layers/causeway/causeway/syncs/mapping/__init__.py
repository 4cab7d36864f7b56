"""
Evaluates a sync's mappings over one change: compiled once, then what the change asks of Salesforce.

The checks, push and pull import it. Begin with `evaluation.py`.
"""
