"""How a schema declaration and the settings change the org. Only the store may import it; begin with declare.py."""
