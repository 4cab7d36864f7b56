"""Lighthouse's verdict on the console's pages; begin with `__main__.py`."""
