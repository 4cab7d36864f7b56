"""
Requests, replies, errors and routes. Every room of the org may import it, and it imports none; begin with call.py.
"""
