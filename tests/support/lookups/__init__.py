"""Helpers for tests of lookups."""
