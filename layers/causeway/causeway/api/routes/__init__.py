"""The routes of the API, one module per resource; only `table.py` imports them all. Begin with `connections.py`."""
