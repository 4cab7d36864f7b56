"""
Builds every client, table and port, each once and only when a caller needs it; the API and the handlers may import it.

Begin with `clients.py`, then `tables.py`, `messaging.py` and `orgs.py`; every other module puts these together for one handler.
"""
