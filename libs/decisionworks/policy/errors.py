"""What can go wrong with rules."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, FieldProblem, Forbidden, Invalid


class PolicyBookBroken(Broken):
    """The policy file that ships with the product is not what the loader expects."""

    code = "policy-book-broken"


class RefusedWaiver(Forbidden):
    """This rule cannot be waived, or the waiver lacks a name, a reason or an expiry."""

    code = "refused-waiver"


class UnfitThreshold(Invalid):
    """No threshold has this name, or the value lies outside its bounds."""

    code = "unfit-threshold"

    def __init__(self, pointer: str, detail: str, remedy: str) -> None:
        super().__init__(detail, problems=(FieldProblem(pointer=pointer, detail=detail, remedy=remedy),), remedy=remedy)
