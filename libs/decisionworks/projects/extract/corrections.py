"""Words by which people take back what they just said."""

from __future__ import annotations

import re

#: Matches a text that leads up to the corrected value.
CORRECTION = re.compile(
    r"(?:actually|no,? wait|wait,? no|correction|scratch that|i meant?|make (?:it|that)|or rather|sorry,"
    r"|on second thoughts?|update:|edit:|"
    r"eigentlich|besser gesagt|vielmehr|korrektur|nein,|en fait|plutôt|pardon|correction|mejor dicho|en realidad"
    r"|perdón|corrección|"
    r"na verdade|aliás|ou melhor|correção|やはり|やっぱり|訂正|いや)[^.\n]{0,40}$"
)
