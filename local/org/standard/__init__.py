"""Declarations of the standard sObjects with their real names, types, lengths and picklists (Object Reference)."""
