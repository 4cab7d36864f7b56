"""
What sObjects, fields, Ids and permissions are. It imports nothing of the org, every room above may import it; begin
with sobjects.py.
"""
