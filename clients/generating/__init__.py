"""How the generated files of the client packages are made. Imported by `clients.generate` and its tests only."""
