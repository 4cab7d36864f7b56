"""
The control API, by which tests set the org up, break it and read what happened. Only the app may import it;
begin with routes.py.
"""
