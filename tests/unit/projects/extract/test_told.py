"""Values are read however people tell them: by what they do, by the way, before or after their numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from decisionworks.evaluation.score import is_right
from decisionworks.projects import extract_constraints, load_constraint_catalogue

CATALOGUE = load_constraint_catalogue()
TOLD: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("told.yaml").read_text("utf-8"))


@pytest.mark.parametrize("field", sorted({one["field"] for one in TOLD}))
def test_a_value_is_read_however_it_is_told(field: str) -> None:
    missed = {}
    for one in TOLD:
        if one["field"] != field:
            continue
        read = extract_constraints(one["text"], data=None, on_missing="ask", catalogue=CATALOGUE).constraints[field]
        if not read.is_known or not is_right(one["value"], read.value):
            missed[one["text"]] = read.value

    assert missed == {}
