"""
Tables, transactions, row locks and what each user sees; it knows no rule. All of data, the resources and bulk jobs may import it;
begin with records.py.
"""
