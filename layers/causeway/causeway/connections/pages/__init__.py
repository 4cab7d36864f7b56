"""The HTML pages of connecting; only `oauth/` and the API may import them. Begin with `connect_pages.py`."""
