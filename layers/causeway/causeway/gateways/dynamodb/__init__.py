"""
The tables: config/ (ConfigTable), state/ (StateTable), parked/ (ParkedTable).

Wiring and handlers may import it. Begin with items.py, the notation of all items.
"""
