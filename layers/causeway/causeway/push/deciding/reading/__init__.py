"""
Reads what one pass needs to know of the org, in as few calls as possible.

Matching and push's use cases import it. Begin with `view.py`.
"""
