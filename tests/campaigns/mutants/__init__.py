"""Guarantees of the code, broken one by one to see that a test notices: the list lies in the TOML files, __main__.py runs it."""
