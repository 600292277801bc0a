from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decisionworks.sandbox import ExecutionRefused, Purpose, Sandbox, SandboxLevel
from decisionworks.sandbox.jail.walls import processors
from decisionworks.sandbox.output import CappedOutput


def test_generated_code_is_refused_where_only_limits_hold_it(tmp_path: Path) -> None:
    sandbox = Sandbox(level=SandboxLevel.LIMITS_ONLY)

    with pytest.raises(ExecutionRefused, match="limits-only") as refusal:
        sandbox.run(["/bin/true"], work_dir=tmp_path, purpose=Purpose.EXECUTE)

    assert refusal.value.remedy is not None
    assert "DECISIONWORKS_SANDBOX_OVERRIDE" in refusal.value.remedy


def test_an_operator_may_allow_it_and_parsers_may_always_run() -> None:
    limited = Sandbox(level=SandboxLevel.LIMITS_ONLY)
    allowed = Sandbox(level=SandboxLevel.LIMITS_ONLY, allows_unsafe_execution=True)

    assert limited.can_run(Purpose.PARSE)
    assert not limited.can_run(Purpose.EXECUTE)
    assert allowed.can_run(Purpose.EXECUTE)
    assert (limited.is_overridden, allowed.is_overridden) == (False, True)
    assert not Sandbox(level=SandboxLevel.NAMESPACES, allows_unsafe_execution=True).is_overridden


@given(pieces=st.lists(st.binary(max_size=40)), limit=st.integers(min_value=2, max_value=60))
def test_capped_output_is_whole_or_says_how_much_is_missing(pieces: list[bytes], limit: int) -> None:
    output = CappedOutput(limit)

    for piece in pieces:
        output.add(piece)

    said, kept, half = b"".join(pieces), output.value(), limit // 2
    if len(said) <= 2 * half:
        assert kept == said
        assert not output.is_truncated
    else:
        assert output.is_truncated
        assert kept == said[:half] + f"\n[... {len(said) - 2 * half} bytes left out ...]\n".encode() + said[-half:]


def test_a_command_gets_four_processors_at_most_and_not_always_the_same() -> None:
    many = range(64)

    chosen = {frozenset(processors(many, start=start)) for start in range(64)}

    assert {len(some) for some in chosen} == {4}
    assert frozenset.union(*chosen) == set(many)
    assert processors({0, 1}, start=7) == {0, 1}
