"""
Columns, functions, comparisons and filters, compiled for one schema. Only soql's execution and facade may import it;
begin with columns.py.
"""
