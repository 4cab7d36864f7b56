"""
How records change: saves, loads, merges, conversions, the recycle bin. Declaring, the store and the rooms above may
import it; begin with saving.py.
"""
