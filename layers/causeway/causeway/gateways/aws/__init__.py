"""
Queues, events, secrets, encryption and the token broker's client.

Wiring, handlers and the other gateways may import it. Begin with queues.py.
"""
