"""Asking the API whether it is ready and how many workers have reported."""

from __future__ import annotations

import http.client
import json


def ready_workers(host: str, port: int, *, timeout_s: float = 2.0) -> int | None:
    """How many live workers `/readyz` counts, None while it does not answer 200; proxies are not asked."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read()
        return int(json.loads(body)["workers"]) if response.status == http.client.OK else None
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()
