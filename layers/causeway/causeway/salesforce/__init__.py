"""
What Salesforce is: Ids, describes, SOQL, values, picklists, dates and calls, as pure rules.

Every room but `contract` may import it. Begin with `describe.py`, `values/` and `soql.py`.
"""
