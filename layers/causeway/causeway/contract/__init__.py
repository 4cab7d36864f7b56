"""
What products send and receive: messages, changes, outcomes, runs and stable codes.

Every room may import it. Begin with `messages.py` and `outcomes.py`.
"""
