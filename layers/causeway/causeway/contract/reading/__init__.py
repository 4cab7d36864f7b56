"""
How the JSON of a message is read: its texts and numbers, its moments, and what is wrong with it in words.

Only `contract/messages.py` imports it, and whoever reads moments. Begin with `message_text.py`.
"""
