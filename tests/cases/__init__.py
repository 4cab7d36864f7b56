"""Situations that people meet in the field, as data: what is set up, what is sent, what must come out. `README.md` has the format."""
