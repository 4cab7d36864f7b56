"""
A simulated Salesforce org with the REST, Bulk, OAuth and SOAP login surface that the connector uses.

Nothing that ships may import it. Begin with app.py: it answers a request; routes.py lists who handles it.
"""
