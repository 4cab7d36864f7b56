"""The client packages for products; `python -m clients.generate` makes their models from docs/. Nothing that ships imports it."""
