"""
Finds the record that each task is for, among the rows that were read, and who is the same person.

Deciding's later steps and pull's people import it. Begin with `people.py`.
"""
