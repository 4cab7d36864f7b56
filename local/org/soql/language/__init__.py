"""SOQL's syntax tree, date literals, errors and facts. All of soql and the bulk jobs may import it; begin with syntax.py."""
