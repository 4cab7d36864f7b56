"""What Causeway sets up in EventBridge while it runs: the buses of partner event sources. Begin with partner_sources.py."""
