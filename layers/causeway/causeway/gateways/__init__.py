"""
Everything that does I/O: Salesforce, DynamoDB, queues, events, secrets. Foreign errors are translated here, once.

Only wiring and handlers may import it. Begin with the gateway that a port's docstring names.
"""
