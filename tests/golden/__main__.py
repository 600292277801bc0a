"""`make golden`: every whole plan through the fast checks and every third through all; then every option of every
pattern, and every third of the problems that its group can carry, whose tests are run.

make golden                       the third of today
make golden ARGS="--third 2"      another
make golden ARGS=--all            the held-out and unseen scenarios too
make golden ARGS="--only -dev-"   what the planner makes of the development scenarios, all of it in full
make golden ARGS=--update         write the snapshots anew

What has passed is noted in `.data/golden/`, under the version of templates and checks, so that a run that was ended
goes on where it was; `--afresh` forgets it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from decisionworks.artifacts import GeneratedFile, deterministic_zip
from decisionworks.graphs.codegen import validate
from decisionworks.graphs.codegen.render import RenderInput, render_repository, template_version
from decisionworks.graphs.codegen.validate import Check, CheckStatus, ValidationReport, validate_repository
from decisionworks.graphs.codegen.validate.checks import all_checks, fast_checks
from decisionworks.sandbox import Sandbox, open_sandbox
from tests.golden.options import options
from tests.golden.plans import ALL_SCENARIO_SETS, SCENARIO_SETS, grouped_plans, planned_scenarios, reference_plans
from tests.golden.snapshots import update

LEAST_PLANS = 60
# What can be said of a part of a repository; the whole is needed for the others.
OF_PARTS = frozenset(
    {"python-syntax", "yaml-syntax", "json-syntax", "toml-syntax", "hcl-syntax", "ruff", "terraform-fmt", "aws-schema",
     "infrastructure", "rego", "workflows", "dockerfiles"}
)  # fmt: skip
NOTES = Path(".data/golden")


@dataclass(slots=True)
class Run:
    """What has been looked at so far."""

    sandbox: Sandbox
    notes: Path
    failed: int = 0
    count: int = 0
    again: int = 0
    skipped: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def has_passed(self, name: str, *, told: str) -> bool:
        """Whether it has passed before; then it counts."""
        has_passed = f"{told} {name}" in self.known
        self.count += has_passed
        self.again += has_passed
        return has_passed

    def judge(self, name: str, files: Mapping[str, GeneratedFile], checks: Iterable[Check], *, told: str) -> None:
        """Run the checks, unless they have passed before; note and print what came of it."""
        if self.has_passed(name, told=told):
            return
        self.count += 1
        report = _checked(files, self.sandbox, list(checks))
        self.skipped |= {
            f"{one.id} ({one.verdict.reason})" for one in report.checks if one.verdict.status is CheckStatus.SKIPPED
        }
        print(f"{'ok  ' if report.has_passed else 'FAIL'} {name:44} {len(files):4} files, {told}"
              f" {report.duration_ms / 1000:.1f} s", flush=True)  # fmt: skip
        if not report.has_passed:
            self.fail([f"{one.rule} {one.file}:{one.line or ''} {one.message[:200]}" for one in report.findings
                       if one.severity == "error"][:10])  # fmt: skip
            return
        with self.notes.open("a", encoding="utf-8") as file:
            file.write(f"{told} {name}\n")

    def fail(self, lines: Iterable[str]) -> None:
        """Count a failure and say why."""
        self.failed += 1
        for line in lines:
            print(f"     {line}", flush=True)


def main() -> int:
    """Run them all; 0 when nothing failed."""
    parser = argparse.ArgumentParser(prog="make golden")
    parser.add_argument("--third", type=int, choices=range(3), default=datetime.now(UTC).timetuple().tm_yday % 3)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--afresh", action="store_true")
    parser.add_argument("--all", action="store_true", help="the held-out and unseen scenarios too, 100 plans more")
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--only", default="", help="plans whose names hold this, all of them in full, and no options")
    given = parser.parse_args()
    if given.update:
        print("\n".join(update()) or "nothing differs")
        return 0
    started = time.monotonic()
    run = _started(afresh=given.afresh)
    sets = ALL_SCENARIO_SETS if given.all else SCENARIO_SETS
    for name, source in chain(grouped_plans(), reference_plans(), planned_scenarios(sets)):
        if run.count >= given.most:
            break
        if given.only in name:
            _judge_plan(run, name, source, is_full=bool(given.only) or run.count % 3 == given.third)
    if given.only:
        print(f"{run.count} plans in full, {run.failed} failed, {time.monotonic() - started:.0f} s")
        return int(bool(run.failed) or not run.count)
    plans = run.count
    print(
        f"{plans} plans, third {given.third} in full, {run.failed} failed, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    for number, option in enumerate(options()):
        if run.count >= given.most:
            break
        if option.is_other_problem and number % 3 != given.third:
            continue
        run.judge(option.name, option.changed, _of_parts(with_tests=False), told="option")
        if option.is_other_problem:
            run.judge(option.name, option.whole, _of_parts(with_tests=True), told="problem")
    print(f"{run.count - plans} options; {run.failed} failed in all; {run.again} had passed before;"
          f" sandbox level {run.sandbox.level}; {time.monotonic() - started:.0f} s")  # fmt: skip
    print("skipped somewhere: " + (", ".join(sorted(run.skipped)) or "nothing"))
    if plans < LEAST_PLANS:
        print(f"only {plans} plans: {LEAST_PLANS} are wanted")
    return int(bool(run.failed) or plans < LEAST_PLANS)


def _started(*, afresh: bool) -> Run:
    NOTES.mkdir(parents=True, exist_ok=True)
    notes = NOTES / f"{_version()[:16]}.txt"
    if afresh:
        notes.unlink(missing_ok=True)
    known = set(notes.read_text(encoding="utf-8").splitlines()) if notes.is_file() else set()
    return Run(sandbox=open_sandbox(), notes=notes, known=known)


def _version() -> str:
    """Templates, renderer and checks."""
    digest = hashlib.sha256(template_version().encode())
    for path in sorted(Path(validate.__file__).parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _judge_plan(run: Run, name: str, source: RenderInput, *, is_full: bool) -> None:
    if run.has_passed(name, told="full" if is_full else "fast"):
        return
    files = render_repository(source)
    if deterministic_zip(files) != deterministic_zip(dict(reversed(render_repository(source).items()))):
        run.fail([f"{name}: the same plan gave other bytes"])
    run.judge(name, files, all_checks() if is_full else fast_checks(), told="full" if is_full else "fast")


def _of_parts(*, with_tests: bool) -> list[Check]:
    wanted = {"generated-tests"} if with_tests else OF_PARTS
    return [check for check in all_checks() if check.id in wanted]


def _checked(files: Mapping[str, GeneratedFile], sandbox: Sandbox, checks: list[Check]) -> ValidationReport:
    with tempfile.TemporaryDirectory(prefix="golden-") as scratch:
        Path(scratch).chmod(0o755)
        return validate_repository(files, sandbox=sandbox, scratch_dir=Path(scratch), checks=checks)


if __name__ == "__main__":
    sys.exit(main())
