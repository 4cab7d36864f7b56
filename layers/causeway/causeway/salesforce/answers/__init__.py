"""
What an answer of Salesforce means, decided in one place for push, pull, discovery, the connection test and the token broker.

Gateways translate answers through it, and every room may ask it. Begin with `meanings.py`, then `reading.py`.
"""
