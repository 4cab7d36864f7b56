"""
Changes of the product to the org, in batches.

Gateways, wiring, the API, handlers and `pull` (what push remembers) may import it; begin with batch.py, then tenant.py.
"""
