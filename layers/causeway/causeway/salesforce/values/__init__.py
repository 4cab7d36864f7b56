"""
What a value is to Salesforce: text, numbers, dates, e-mail addresses and picklist values, coerced and compared by describe.

Every room but `contract` may import it. Begin with `coercion.py`.
"""
