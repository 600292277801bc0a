"""The whole platform in one foreground process group: kept alive and ended together."""
