"""`make golden`: every whole plan through the fast checks, and every third through all; says what failed and where.

make golden                    the third of today
make golden ARGS="--third 2"   another
make golden ARGS=--update      write the snapshots anew
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from decisionworks.artifacts import deterministic_zip
from decisionworks.graphs.codegen.render import RenderInput, render_repository
from decisionworks.graphs.codegen.validate import CheckStatus, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks
from decisionworks.sandbox import Sandbox, open_sandbox
from tests.golden.plans import grouped_plans, planned_scenarios, reference_plans
from tests.golden.snapshots import update

FAST = frozenset(
    {"python-syntax", "yaml-syntax", "toml-syntax", "ruff", "yamllint", "terraform-fmt", "workflows", "dockerfiles",
     "readme-commands", "zizmor", "hadolint"}
)  # fmt: skip
LEAST_PLANS = 60


def main() -> int:
    """Run them all; 0 when nothing failed."""
    parser = argparse.ArgumentParser(prog="make golden")
    parser.add_argument("--third", type=int, choices=range(3), default=datetime.now(UTC).timetuple().tm_yday % 3)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--most", type=int, default=10_000)
    given = parser.parse_args()
    if given.update:
        print("\n".join(update()) or "nothing differs")
        return 0
    sandbox, failed, skipped, count = open_sandbox(), 0, set[str](), 0
    for count, (name, source) in enumerate(chain(grouped_plans(), reference_plans(), planned_scenarios()), start=1):
        if count > given.most:
            break
        failed += _judge(name, source, sandbox, is_full=count % 3 == given.third, skipped=skipped)
    print(f"{count} plans, third {given.third} in full, sandbox level {sandbox.level}; {failed} failed")
    print("skipped somewhere: " + (", ".join(sorted(skipped)) or "nothing"))
    if count < LEAST_PLANS:
        print(f"only {count} plans: {LEAST_PLANS} are wanted")
    return int(bool(failed) or count < LEAST_PLANS)


def _judge(name: str, source: RenderInput, sandbox: Sandbox, *, is_full: bool, skipped: set[str]) -> bool:
    started = time.monotonic()
    files = render_repository(source)
    rendered_s = time.monotonic() - started
    is_same = deterministic_zip(files) == deterministic_zip(dict(reversed(render_repository(source).items())))
    checks = [check for check in all_checks() if is_full or check.id in FAST]
    with tempfile.TemporaryDirectory(prefix="golden-") as scratch:
        Path(scratch).chmod(0o755)
        report = validate_repository(files, sandbox=sandbox, scratch_dir=Path(scratch), checks=checks)
    skipped |= {
        f"{one.id} ({one.verdict.reason})" for one in report.checks if one.verdict.status is CheckStatus.SKIPPED
    }
    is_right = report.has_passed and is_same
    print(
        f"{'ok  ' if is_right else 'FAIL'} {name:32} {len(files):4} files, rendered in {rendered_s:.2f} s,"
        f" {'full' if is_full else 'fast'} {report.duration_ms / 1000:.1f} s",
        flush=True,
    )
    if not is_same:
        print("     the same plan gave other bytes")
    for finding in [one for one in report.findings if one.severity == "error"][:10]:
        print(f"     {finding.rule} {finding.file}:{finding.line or ''} {finding.message[:200]}")
    return not is_right


if __name__ == "__main__":
    sys.exit(main())
