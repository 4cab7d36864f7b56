"""Builds the documentation site: the pages of the repository as they are, joined under one navigation (`make docs`)."""
