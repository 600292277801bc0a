"""Honest defaults for tests."""
