"""Benchmarks against the simulated org, each a program; nothing imports them. Begin with `push.py`."""
