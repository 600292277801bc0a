"""What can go wrong in the catalogue of patterns."""

from __future__ import annotations

from decisionworks.kit.errors import Broken, Invalid


class PatternCatalogueBroken(Broken):
    """The pattern file that ships with the product is not what the loader expects."""

    code = "pattern-catalogue-broken"


class InvalidObjection(Invalid):
    """An objection names no pattern of the catalogue, or asks for neither or both of require and exclude."""

    code = "invalid-objection"


class NoPlanAtAll(Broken):
    """Even with every relaxable wish dropped no set of patterns fits together; the catalogue contradicts itself."""

    code = "no-plan-at-all"
