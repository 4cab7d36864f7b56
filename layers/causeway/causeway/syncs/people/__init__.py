"""
What is read of people, and the account and owner data made of it.

Push and pull import it. Begin with `person_data.py`.
"""
