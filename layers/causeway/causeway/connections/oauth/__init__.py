"""
Connecting in a browser, up to the code; it reaches the token broker through a port.

The API and wiring may import it. Begin with `connect.py`, then `callback.py`; `flow.py` has Salesforce's rules.
"""
