"""How much of each price a pattern uses: one written formula per pattern, grouped by capability.

A sizer returns a line for every cost driver of its pattern. A driver that is an alternative to another one (two ways to
buy the same thing) stands with quantity zero beside the one that was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from decisionworks.costs.model import UsageLine, Workload
from decisionworks.costs.sizing.data import DATA_SIZERS
from decisionworks.costs.sizing.lifecycle import LIFECYCLE_SIZERS
from decisionworks.costs.sizing.llm import LLM_SIZERS
from decisionworks.costs.sizing.operations import OPERATIONS_SIZERS
from decisionworks.costs.sizing.security import SECURITY_SIZERS
from decisionworks.costs.sizing.serving import SERVING_SIZERS

Sizer = Callable[[Workload], list[UsageLine]]

# pattern id -> (capability, sizer)
SIZERS: Mapping[str, tuple[str, Sizer]] = {
    **DATA_SIZERS,
    **LIFECYCLE_SIZERS,
    **SERVING_SIZERS,
    **LLM_SIZERS,
    **OPERATIONS_SIZERS,
    **SECURITY_SIZERS,
}

__all__ = ["SIZERS", "Sizer"]
