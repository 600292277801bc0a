"""OR-tools' CP-SAT, loaded without pandas.

Its Python layer imports pandas for a few functions over series, none of which is called here. That would be half of
what a planner process loads before its first answer, and 50 MB of each process that plans.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from types import ModuleType


@contextlib.contextmanager
def _spared_pandas() -> Iterator[None]:
    """Let the import see two types of which nothing is an instance; whoever wants pandas later loads it whole."""
    if "pandas" in sys.modules:
        yield
        return
    standin = ModuleType("pandas")
    standin.__dict__.update({name: type(name, (), {}) for name in ("Index", "Series")})
    sys.modules["pandas"] = standin
    try:
        yield
    finally:
        del sys.modules["pandas"]


with _spared_pandas():
    from ortools.sat.python import cp_model

__all__ = ["cp_model"]
