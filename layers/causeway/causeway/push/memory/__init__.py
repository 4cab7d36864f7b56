"""
What Causeway remembers of people and records between batches, and the claims on it.

Push, pull and the gateways of the state table may import it; begin with entity.py, then claims/.
"""
