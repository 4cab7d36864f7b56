"""
Records of the org to the product: what changed since the last run, published page by page.

The API, the wiring and gateways may import it; it may use what push remembers. Begin with run.py, then reading/window.py.
"""
