"""`make models-faults`: every fault of every vendor, what became of it and what it took; each cell is a test.

What was skipped is said beneath: real vendors without a key, Claude Code where it is not installed.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SHOWN = "fault or limit or vendor or too_long"
Cell = dict[str, object]


@dataclass
class Table:
    """Collects what the tests recorded of themselves."""

    cells: dict[str, dict[str, Cell]] = field(default_factory=lambda: defaultdict(dict))
    skipped: list[str] = field(default_factory=list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test has ended."""
        facts: Cell = dict(report.user_properties)
        if report.when == "call" and "fault" in facts:
            self.cells[str(facts["fault"])][str(facts["provider"])] = facts | {"passed": report.passed}
        if report.skipped:
            self.skipped.append(f"{report.nodeid.rpartition('::')[-1]}: {report.longrepr[-1]}")  # type: ignore[index]

    def lines(self) -> list[str]:
        """The table in Markdown."""
        providers = sorted({name for row in self.cells.values() for name in row})
        lines = [f"| fault | {' | '.join(providers)} |", f"|{'---|' * (len(providers) + 1)}"]
        lines += [
            f"| {fault} | {' | '.join(_shown(row.get(provider)) for provider in providers)} |"
            for fault, row in self.cells.items()
        ]
        return [*lines, "", "Each cell: what happened, requests, seconds, US dollars."]


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return "–"
    said = f"{cell['happened']}, {cell['requests']}, {cell['seconds']} s, ${cell['usd']}"
    return said if cell["passed"] else f"FAILED ({said})"


def main() -> int:
    """Run the tests and print the table; 0 when every line of it holds."""
    table = Table()
    code = pytest.main(
        [str(HERE), "-q", "--no-header", "-p", "no:cacheprovider", "-k", SHOWN, *sys.argv[1:]],
        plugins=[table],
    )
    print("\n".join(["", *table.lines()]))
    for reason in sorted(set(table.skipped)):
        print(f"skipped: {reason}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
