"""The shapes of requests and answers; routes and the OpenAPI document import them. Begin with `shared.py`."""
