"""
What an administrator sets: settings, connected apps, limits and the clock. Every room above may import it; begin
with settings.py.
"""
