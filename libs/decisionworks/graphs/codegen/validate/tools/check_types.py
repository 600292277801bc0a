"""Runs mypy in the sandbox, where /proc tells nothing: without psutil it asks the system for the number of cores."""

import sys

sys.modules["psutil"] = None  # type: ignore[assignment]  # makes its import fail

from mypy.__main__ import console_entry  # noqa: E402 - after psutil is out of reach

if __name__ == "__main__":
    console_entry()
