"""
Paces delivery: how long a tenant's changes are gathered before they go to the org together, and where they wait meanwhile.

Push's tenant imports it, and the API for what it says about a tenant. Begin with hold.py.
"""
