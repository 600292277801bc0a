"""Previews: what a plan would be, without asking for one; nothing is stored and nobody is asked.

The solver never runs in the process that asks: `PlannerPool` keeps planner processes (docs/adr/0006). `preview_plan` is
imported from its own module, because it loads the solver.
"""

from decisionworks.previews.compare_previews import compare_previews
from decisionworks.previews.errors import PlannerBusy, PlannerFailed, PreviewTimedOut
from decisionworks.previews.pool import PlannerPool
from decisionworks.previews.wire import terms_to_json

__all__ = ["PlannerBusy", "PlannerFailed", "PlannerPool", "PreviewTimedOut", "compare_previews", "terms_to_json"]
