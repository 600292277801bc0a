"""Load on the real engine while its parts are killed at random."""
