"""Thresholds of rules that a project set for itself, and the terms under which its plans are judged."""

from decisionworks.decisions.thresholds.judged_otherwise import JudgedOtherwise, judged_otherwise
from decisionworks.decisions.thresholds.model import ProjectThreshold, changed_thresholds
from decisionworks.decisions.thresholds.set_threshold import set_threshold
from decisionworks.decisions.thresholds.store import list_thresholds, reset_threshold, terms_in_force

__all__ = [
    "JudgedOtherwise",
    "ProjectThreshold",
    "changed_thresholds",
    "judged_otherwise",
    "list_thresholds",
    "reset_threshold",
    "set_threshold",
    "terms_in_force",
]
