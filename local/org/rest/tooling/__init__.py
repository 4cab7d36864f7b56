"""The Tooling API: validation rules to read, and what an event relay is made of. Begin with objects.py."""
