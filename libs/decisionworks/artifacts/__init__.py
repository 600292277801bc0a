"""Artifacts: generated files, their manifest, the deterministic zip and the store that keeps bytes by digest."""
