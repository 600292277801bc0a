from __future__ import annotations

from uuid import UUID

import pytest

from decisionworks_api.errors import Malformed
from decisionworks_api.pages import cursor_id, page


def test_a_cursor_leads_back_to_its_place() -> None:
    place = UUID("01a1fc1a-fee8-7749-8ce5-4f657ba57100")

    shown = page([{"id": 1}], place)

    assert shown["items"] == [{"id": 1}]
    assert cursor_id(shown["next_cursor"]) == place


def test_the_last_page_has_no_cursor() -> None:
    assert page([], None) == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "%%%%", "A" * 1000])
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Malformed):
        cursor_id(cursor)
