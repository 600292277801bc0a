"""Generation: an approved plan becomes a validated repository."""
