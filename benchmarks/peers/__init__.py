"""The engine beside its peers: the same measures, the same PostgreSQL, the same durability, in one run."""
