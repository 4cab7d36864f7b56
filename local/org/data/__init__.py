"""
The records of the org, with all that happens when one is saved. Resources, OAuth and control may import it;
begin with store.py.
"""
