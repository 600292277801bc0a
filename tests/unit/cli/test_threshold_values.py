"""Numbers typed for thresholds."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from decisionworks.cli.commands.thresholds import thresholds
from decisionworks.cli.errors import BadInput


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "much", ""])
def test_a_threshold_that_is_no_number_is_bad_input(value: str) -> None:
    arguments = ["set", f"cost-far-over-factor={value}", "--reason", "x", "--url", "http://127.0.0.1:9"]

    result = CliRunner().invoke(thresholds, arguments)

    assert isinstance(result.exception, BadInput)
