"""Asking the API whether it is ready."""

from __future__ import annotations

import http.client


def is_ready(host: str, port: int, *, timeout_s: float = 2.0) -> bool:
    """Whether `/readyz` answers 200; no proxy of the environment is asked."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
