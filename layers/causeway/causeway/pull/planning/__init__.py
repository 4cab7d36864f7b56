"""
What a pull reads and from where: checkpoints, windows, the compiled plan and its SOQL.

The other rooms of pull may import it. Begin with watermarks.py, then plan.py.
"""
