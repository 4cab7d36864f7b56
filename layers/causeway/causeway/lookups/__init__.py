"""
Who people are and what their companies have open in Salesforce, read now, in one API call; nothing is written.

The API's routes import it. Begin with `lookup.py`.
"""
