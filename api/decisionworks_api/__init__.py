"""The HTTP edge: HTTP in, one domain verb, HTTP out."""

__version__ = "0.1.0"
