"""Decisionworks."""
