"""
The token broker: it exchanges, refreshes and revokes grants, and nobody else holds them.

Its handler, wiring and gateways may import it. Begin with `broker.py`.
"""
