"""
The claims: one worker at a time writes what one entity owns.

Push and the gateways of the state table may import it; begin with answers.py.
"""
