"""The commands, a file per kind."""
