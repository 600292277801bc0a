"""A wire between one process and PostgreSQL that sees every statement and can stop the world at each of them."""
