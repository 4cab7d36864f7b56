"""
Salesforce over HTTPS: OAuth, the REST API, composite calls, and the org as a pull reads it.

Wiring may import it. Begin with org.py; errors.py translates every answer.
"""
