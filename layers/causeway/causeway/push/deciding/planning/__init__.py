"""
Merges what the tasks of one record ask for into one save, field by field.

Deciding, saving and the dry run import it. Begin with `planned_records.py`.
"""
