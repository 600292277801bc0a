"""Waivers: fired rules that a named person accepts, for a reason and for a time, in one project or one line of it."""

from decisionworks.decisions.waivers.errors import UnfitWaiver, WaiverNotFound
from decisionworks.decisions.waivers.grant import grant_waiver
from decisionworks.decisions.waivers.model import NO_FEASIBLE_PLAN, GrantedWaiver, lapsed_rules, still_blocking
from decisionworks.decisions.waivers.store import list_waivers, revoke_waiver, waivers_in_force

__all__ = [
    "NO_FEASIBLE_PLAN",
    "GrantedWaiver",
    "UnfitWaiver",
    "WaiverNotFound",
    "grant_waiver",
    "lapsed_rules",
    "list_waivers",
    "revoke_waiver",
    "still_blocking",
    "waivers_in_force",
]
