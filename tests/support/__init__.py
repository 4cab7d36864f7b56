"""Helpers that several tests share, and checks of the whole tree. Only tests import them; begin with import_graph.py."""
