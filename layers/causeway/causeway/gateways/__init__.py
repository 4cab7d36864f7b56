"""Everything that does I/O: Salesforce, DynamoDB, queues, events, secrets. Foreign errors are translated here, once."""
