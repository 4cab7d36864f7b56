"""
SOSL and parameterized search: terms (what is looked for), a statement (where, and what is answered), and the resources.

Begin reading in searches.py. The search index of Salesforce follows a save after a while; this one at once.
"""
