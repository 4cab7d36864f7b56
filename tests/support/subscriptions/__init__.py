"""Helpers for tests of subscriptions."""
