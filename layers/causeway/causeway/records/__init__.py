"""
What is known of one record of the product: found by key, address or Salesforce Id; its links, its timeline; sent again.

The API uses it. Begin with `remembered.py`.
"""
