"""What can go wrong with rules."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, Forbidden


class PolicyBookBroken(Broken):
    """The policy file that ships with the product is not what the loader expects."""

    code = "policy-book-broken"


class RefusedWaiver(Forbidden):
    """This rule cannot be waived, or the waiver lacks a name, a reason or an expiry."""

    code = "refused-waiver"
