"""Causeway: a Salesforce connector that runs as Lambda functions in the AWS account of the product that embeds it."""
