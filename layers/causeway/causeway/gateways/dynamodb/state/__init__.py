"""
StateTable: claims on entities, the links that they hold, and the last synced values.

Wiring may import it. Begin with claims.py; keys.py says how items are named.
"""
