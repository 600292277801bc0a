"""Foundations that know no domain word: settings, ids, errors, canonical JSON, logging, database access."""
