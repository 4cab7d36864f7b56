"""Several requests or records in one call. Only the app and its routes may import it; begin with composite.py."""
