"""Examples and commands of the documents: found, and each checked by what it is. Begin with `register.py`."""
