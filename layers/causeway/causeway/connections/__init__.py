"""
A tenant's connection to its org: what it is, how it changes, and whether work may go on; push, pull and all above may import it.

Begin with `connection.py`, then `statuses.py` and `transitions.py`; `oauth/` connects in a browser, `tokens/` keeps the grant.
"""
