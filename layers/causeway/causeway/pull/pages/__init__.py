"""
From rows to pages: which rows are news, how they become records, and how pages are stored and sent.

Pull's reading and the gateways that store pages may import it. Begin with publisher.py, then writer.py.
"""
