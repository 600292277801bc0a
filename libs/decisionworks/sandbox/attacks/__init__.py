"""What a hostile command tries, and whether a sandbox holds it: for an operator's own machine, and for our tests."""

from decisionworks.sandbox.attacks.attempts import ATTACKS
from decisionworks.sandbox.attacks.model import Attack, Held
from decisionworks.sandbox.attacks.try_attacks import try_attacks

__all__ = ["ATTACKS", "Attack", "Held", "try_attacks"]
