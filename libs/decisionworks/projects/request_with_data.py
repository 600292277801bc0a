"""A stored request with the constraint data that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping

from decisionworks.projects.model import RequestDocument
from decisionworks.projects.parse_request import parse_request_document


def request_with_data(text: str, given: Mapping[str, object]) -> RequestDocument:
    """The words of a request and all its constraint data: what was given beside the words wins over what is in them.

    A request may consist of data alone.
    Raises: InvalidRequest.
    """
    document = parse_request_document(text) if text.strip() else RequestDocument(text="", data={})
    return RequestDocument(text=document.text, data={**document.data, **given})
