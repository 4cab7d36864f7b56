"""
Events to subscribers: webhooks signed as Standard Webhooks say, and mail.

The API's routes and the notices function import it. Begin with `delivering.py`.
"""
