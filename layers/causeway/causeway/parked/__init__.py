"""
What was refused or waits: its entries, their list, and their way back to the push queue.

Push imports the entries; wiring and the handlers import the rest. Begin with `entries.py`.
"""
