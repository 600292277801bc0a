"""`make mutants`: breaks every Terraform module of the grouped plans, line by line, and sees whether its test fails.

.venv/bin/python -m tests.golden.break_modules [--most 4] [NAME...]

A switch is turned over, a number becomes another, a word that protects becomes one that does not. What survives is
listed: a test does not have to hold every line, but a module whose test survives everything has no test.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from decisionworks.artifacts import GeneratedFile
from decisionworks.graphs.codegen.render import render_repository
from decisionworks.graphs.codegen.validate import CheckStatus, validate_repository
from decisionworks.graphs.codegen.validate.checks.terraform import TerraformTestCheck
from decisionworks.sandbox import Sandbox, open_sandbox
from tests.golden.plans import grouped_plans

_CHANGES = (
    (re.compile(r"(=\s*)true\b"), r"\1false"),
    (re.compile(r"(=\s*)false\b"), r"\1true"),
    (re.compile(r'"Enabled"'), '"Suspended"'),
    (re.compile(r'"ENABLED"'), '"DISABLED"'),
    (re.compile(r'"cosine"'), '"euclidean"'),
    (re.compile(r'"s3://'), '"http://'),
    (re.compile(r'"IMMUTABLE"'), '"MUTABLE"'),
    (re.compile(r'"aws:kms"'), '"AES256"'),
    (re.compile(r'"ACTIVE"'), '"PassThrough"'),
    (re.compile(r"(retention\w*\s*=\s*)[\w.]+$"), r"\g<1>0"),
    (re.compile(r'("?Effect"?\s*=\s*)"Allow"|(effect\s*=\s*)"Allow"'), r'\1\2"Deny"'),
    (re.compile(r"^(  \w*name\s*=\s*).*(?:var|local)\.name.*"), r'\1"UPPER and spaces"'),
)  # fmt: skip


def main() -> int:
    """Break them all; 0 when every module's test failed at least once."""
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--most", type=int, default=4, help="changes tried in a module")
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    sandbox = open_sandbox()
    killed = tried = blind = count = 0
    for name, files in modules():
        if given.names and name not in given.names:
            continue
        count += 1
        if not passes(sandbox, files):
            print(f"{name}: its test fails before anything is broken", flush=True)
            return 1
        mutants = list(_chosen(name, files, most=given.most))
        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(lambda mutant: passes(sandbox, mutant[1]), mutants))
        survived = [lives for lives in outcomes if lives is not None]
        mutants = [mutant for mutant, lives in zip(mutants, outcomes, strict=True) if lives is not None]
        dead = survived.count(False)
        if not mutants:
            print(f"{name}: nothing in it is of a kind that is changed here", flush=True)
            continue
        killed, tried, blind = killed + dead, tried + len(mutants), blind + (dead == 0)
        left = "; ".join(line for (line, _), lives in zip(mutants, survived, strict=True) if lives)
        print(f"{name:24} {dead} of {len(mutants)} found" + (f"; not: {left}" if left else ""), flush=True)
    print(f"{count} modules, {tried} changes, {killed} found by the module's own test; {blind} modules found none")
    return int(bool(blind) or not count)


def modules() -> Iterator[tuple[str, dict[str, GeneratedFile]]]:
    """Each module with its test, once: what of two plans differs in it is not looked at again."""
    seen: set[str] = set()
    for _, source in grouped_plans():
        files = render_repository(source)
        for name in sorted({path.split("/")[2] for path in files if path.startswith("terraform/modules/")} - seen):
            seen.add(name)
            wanted = ("terraform/modules/", f"terraform/tests/{name}.tftest.hcl", "terraform/versions.tf", "dags/")
            wanted += ("pipelines/", "flink/")
            yield name, {path: file for path, file in files.items() if path.startswith(wanted)}


def passes(sandbox: Sandbox, files: Mapping[str, GeneratedFile]) -> bool | None:
    """Whether the module's test passes; None where it cannot be run, for a change that cannot be read."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        Path(place).chmod(0o755)
        [report] = validate_repository(
            files, sandbox=sandbox, scratch_dir=Path(place), checks=[TerraformTestCheck()]
        ).checks
    if report.verdict.status is CheckStatus.SKIPPED:
        return None
    return report.verdict.status is CheckStatus.PASSED


def _chosen(
    name: str, files: Mapping[str, GeneratedFile], *, most: int
) -> Iterator[tuple[str, dict[str, GeneratedFile]]]:
    """Changes spread over the module, of different kinds first."""
    path = f"terraform/modules/{name}/main.tf"
    lines = files[path].content.decode().splitlines(keepends=True)
    found: list[tuple[int, int, str]] = []
    for kind, (pattern, becomes) in enumerate(_CHANGES):
        changed = [
            (number, pattern.sub(becomes, line, count=1))
            for number, line in enumerate(lines)
            if pattern.search(line) and not line.lstrip().startswith("#")
        ]
        found += [(order, kind * 10_000 + number, text) for order, (number, text) in enumerate(changed)]
    for _, place, text in sorted(found)[:most]:
        number = place % 10_000
        content = "".join([*lines[:number], text, *lines[number + 1 :]]).encode()
        yield f"{number + 1}: {' '.join(text.split())}", {**files, path: GeneratedFile(content=content, pattern="p")}


if __name__ == "__main__":
    sys.exit(main())
