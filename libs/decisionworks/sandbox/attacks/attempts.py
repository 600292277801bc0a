"""Every attack, in the order in which they are shown."""

from decisionworks.sandbox.attacks.exhaust import EXHAUSTING
from decisionworks.sandbox.attacks.reach import REACHING

ATTACKS = (*REACHING, *EXHAUSTING)
