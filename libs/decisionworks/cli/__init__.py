"""The command line: a client of the API, and the supervisor that runs the whole platform on one machine."""
