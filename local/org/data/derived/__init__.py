"""
What the org works out by itself: the versions of a row, its computed values, and the records that follow from it. Saving
and the rooms above may import it; begin with derived_values.py.
"""
