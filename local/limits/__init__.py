"""Limits of AWS that the emulator hides, one behaviour a module, and the start of the emulator with them."""
