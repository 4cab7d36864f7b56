"""
Declarations of the standard sObjects with their real names, types, lengths and picklists (Object Reference).

The store and the rooms above it may import them; begin with catalog.py.
"""
