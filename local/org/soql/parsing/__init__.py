"""
From the text of a statement to its syntax tree. Only soql's facade may import it; begin with
parser.py.
"""
