"""
Finds out what can be mapped: the org's sObjects and fields, and the fields that the product sends.

Wiring, the API's routes and the checks import it. Begin with `describes.py`.
"""
