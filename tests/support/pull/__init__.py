"""
What tests of pulls share: a fake org, ports in memory, and a world over real HTTP.

Tests and campaigns may import it. Begin with factories.py, then org.py.
"""
