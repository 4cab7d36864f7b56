"""
A parsed query run on a database: plans, rows, groups and the shape of its answer. Only soql's facade may import it;
begin with evaluator.py.
"""
