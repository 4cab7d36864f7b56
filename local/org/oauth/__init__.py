"""
Logins, tokens and identity: everything that gives, checks or ends a session. Server, control and view may import it;
begin with authorize.py.
"""
