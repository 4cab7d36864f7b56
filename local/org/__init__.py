"""
A simulated Salesforce org: REST, SOQL, Bulk, OAuth and SOAP login; installed, the package `simulated_salesforce`.

It imports nothing of this repository but itself, and nothing that ships may import it. Begin with app.py: it answers a
request; routes.py lists who handles it.
"""
