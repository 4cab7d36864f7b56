"""The REST API below `/services/data`. Only bulk jobs and the app, its routes and its state may import it; begin with ports.py."""
