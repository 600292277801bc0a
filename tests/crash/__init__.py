"""Workers that die on purpose."""
