"""
ParkedTable and its bucket: rejected and waiting changes, and what the replay schedule works off.

Wiring may import it. Begin with store.py.
"""
