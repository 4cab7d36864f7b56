"""
Who may do what: signed connect links, browser sessions and roles.

All of connections, the API and wiring may import it. Begin with `links.py`.
"""
